#include "cli/dane/check_job.h"

#include <algorithm>

#include "cli/dane/files.h"
#include "cli/dane/given_records.h"
#include "cli/dane/judging.h"
#include "cli/pins.h"
#include "cli/settings.h"
#include "src/base/bytes.h"
#include "src/io/host_name.h"
#include "src/rrset/record_set.h"

namespace cli::dane {
namespace {

constexpr std::uint16_t kHttps = 443;

/// A word that is no host, and what its writer may have meant: an answer with the right
/// call is worth more than a rule about labels.
std::optional<std::string> meant(std::string_view word) {
  const std::string shown = base::printable(word, base::kWord);
  if (const std::size_t at = word.find('@'); at != std::string_view::npos) {
    return shown + " is a mail address; for the mail of its domain: dane audit " +
           base::printable(word.substr(at + 1), base::kWord);
  }
  return std::nullopt;
}

/// Host and port in one word: `HOST:PORT`, `[2001:db8::1]:25`, `https://HOST:PORT/…`.
struct Split {
  std::string host;
  std::string port;
};
Split split(std::string_view word) {
  if (const std::size_t scheme = word.find("://"); scheme != std::string_view::npos) {
    const std::string_view rest = word.substr(scheme + 3);
    Split out = split(rest.substr(0, rest.find_first_of("/?#")));
    if (out.port.empty()) out.port = word.substr(0, scheme);
    return out;
  }
  const std::size_t colon = word.rfind(':');
  if (word.starts_with('[')) {
    const std::size_t end = word.find(']');
    if (end == std::string_view::npos) return {std::string(word), ""};
    const bool has_port = end + 1 < word.size() && word[end + 1] == ':';
    return {std::string(word.substr(0, end + 1)),
            std::string(has_port ? word.substr(end + 2) : "")};
  }
  if (colon == std::string_view::npos || word.find(':') != colon) {
    return {std::string(word), ""};
  }
  return {std::string(word.substr(0, colon)), std::string(word.substr(colon + 1))};
}

base::Result<void> read_protocol(const Arguments& arguments, CheckJob& job) {
  const auto word = arguments.value("starttls");
  if (!word || *word == "none") return {};
  job.starttls = starttls::protocol_from_text(*word);
  if (job.starttls) return {};
  // imaps, pop3s and the like have TLS from the first octet, and a port of their own.
  const bool is_with_tls = word->ends_with('s') && starttls::protocol_from_text(
                                                       word->substr(0, word->size() - 1));
  return usage_error("--starttls " + base::printable(*word, base::kWord) +
                     (is_with_tls
                          ? " has TLS from the first octet: leave --starttls out"
                          : " is none of " + starttls::protocol_words() + ", none"));
}

/// `--srv SERVICE DOMAIN`: the ports are those of the SRV records, and what is spoken
/// there is what the service has.
base::Result<void> read_service(const Arguments& arguments, CheckJob& job) {
  if (arguments.words().size() > 1) {
    return usage_error("--srv takes a domain alone: its SRV records say which ports");
  }
  auto service = client::parse_service(*arguments.value("srv"));
  if (!service) return tl::unexpected(service.error());
  job.word = arguments.words()[0];
  auto domain = client::parse_host(job.word);
  if (!domain) return tl::unexpected(domain.error());
  if (!std::holds_alternative<dns::Name>(*domain)) {
    return usage_error("an address has no SRV records: --srv takes a domain");
  }
  job.target.host = std::move(*domain);
  if (auto ok = read_protocol(arguments, job); !ok) return ok;
  if (!arguments.has("starttls")) job.starttls = service->starttls;
  job.service = std::move(*service);
  return {};
}

base::Result<void> read_host(const Arguments& arguments, CheckJob& job) {
  const std::string& word = arguments.words()[0];
  const Split parts = split(word);
  job.word = parts.host;
  auto host = client::parse_host(job.word);
  if (!host) return tl::unexpected(host.error());
  job.target.host = std::move(*host);
  if (auto ok = read_protocol(arguments, job); !ok) return ok;
  job.target.port = job.starttls ? starttls::port_of(*job.starttls) : kHttps;
  const bool has_two = arguments.words().size() > 1;
  if (const std::string port = has_two ? arguments.words()[1] : parts.port;
      !port.empty()) {
    const auto number = parse_port(port);
    if (!number) return tl::unexpected(number.error());
    job.target.port = *number;
  }
  if (arguments.has("starttls")) {
    const bool is_smtp = job.starttls == starttls::Protocol::smtp;
    job.demand.service = is_smtp ? policy::Service::smtp : policy::Service::other;
  } else {
    job.demand.service = rrset::service_at(job.target.port);
    job.starttls = starttls::protocol_at(job.target.port);
  }
  return {};
}

base::Result<void> read_target(const Arguments& arguments, CheckJob& job) {
  const bool four = arguments.has("ipv4"), six = arguments.has("ipv6");
  if (four != six) {
    job.addresses = four ? client::Addresses::ipv4 : client::Addresses::ipv6;
  }
  if (const auto what = meant(arguments.words()[0])) return usage_error(*what);
  return arguments.has("srv") ? read_service(arguments, job) : read_host(arguments, job);
}

base::Result<void> read_certificate(const Arguments& arguments, CheckJob& job) {
  tls::OwnCertificate& own = job.options.tls.certificate;
  own.file = arguments.value("cert").value_or("");
  own.key_file = arguments.value("key").value_or("");
  if (own.file.empty() && !own.key_file.empty()) {
    return usage_error("--key needs the certificate that it belongs to: --cert FILE");
  }
  return tls::check_own_certificate(own);
}

base::Result<void> read_trust_store(const Arguments& arguments,
                                    const verify::Roots* store, CheckJob& job) {
  const auto path = trust_store_path(arguments);
  if (!path) return tl::unexpected(path.error());
  if (store != nullptr) {
    job.roots = *store;
  } else if (*path) {
    auto roots = load_roots(**path);
    if (!roots) return tl::unexpected(roots.error());
    job.roots = std::move(*roots);
  }
  if (job.roots) job.demand.without_tlsa = policy::WithoutTlsa::pkix;
  return {};
}

base::Result<void> read_demand(const Arguments& arguments, const verify::Roots* store,
                               CheckJob& job) {
  if (const auto word = arguments.value("policy")) {
    const auto level = policy::level_from_text(*word);
    if (!level)
      return usage_error("--policy " + base::printable(*word, base::kWord) +
                         " is unknown; known are " + policy::level_words());
    job.demand.level = *level;
  }
  auto names = names_of(arguments);
  if (!names) return tl::unexpected(names.error());
  job.demand.names = std::move(*names);
  if (arguments.has("dane-ee-names")) job.demand.name_check = policy::NameCheck::dane_ee;
  if (auto ok = read_trust_store(arguments, store, job); !ok) return ok;
  if (policy::wants_trust_store(job.demand.level) && !job.roots) {
    return usage_error("this policy needs a trust store: --ca FILE or DIRECTORY");
  }
  return check_pins(job.demand);
}

base::Result<void> read_source(const Arguments& arguments, CheckJob& job) {
  const auto word = arguments.value("source");
  if (!word) return {};
  job.options.source.address = net::parse_address(*word);
  if (job.options.source.address) return {};
  return usage_error("--source " + base::printable(*word, base::kWord) +
                     " is not an IP address");
}

}  // namespace

std::vector<Option> with_job_options(std::vector<Option> options) {
  std::vector<std::string> protocols = starttls::protocol_list();
  protocols.emplace_back("none");
  const std::vector<Option> all = {
      {.name = "starttls",
       .value = {"PROTOCOL", WordKind::one_of, std::move(protocols)},
       .help = "the protocol that begins in clear text, none for TLS from the first "
               "octet"},
      {.name = "policy",
       .value = {"LEVEL",
                 WordKind::one_of,
                 {"none", "may", "encrypt", "dane", "dane-only", "pkix", "dane+pkix"}},
       .help = "what is demanded, as sslclient has it (dane)"},
      {.name = "ca",
       .value = {"PATH", WordKind::file},
       .help = "trust store: a file or a directory"},
      {.name = "roots", .value = {"PATH", WordKind::file}, .same_as = "ca"},
      {.name = "record",
       .value = {"RECORD"},
       .repeatable = true,
       .help = "a TLSA record in place of those of the DNS: 'U S M HEX' or a line of a "
               "zone file"},
      {.name = "name",
       .value = {"NAME", WordKind::host},
       .repeatable = true,
       .help = "a name that the server must have, in place of HOST"},
      {.name = "dane-ee-names", .help = "compare names under usage 3 too"},
      {.name = "ipv4", .letter = '4', .help = "IPv4 addresses alone"},
      {.name = "ipv6", .letter = '6', .help = "IPv6 addresses alone"},
      {.name = "source", .value = {"ADDRESS"}, .help = "where connections come from"},
      {.name = "cert",
       .value = {"FILE", WordKind::file},
       .help = "a certificate of our own for servers that ask"},
      {.name = "key", .value = {"FILE", WordKind::file}, .help = "its key"},
      {.name = "timeout",
       .value = {"N"},
       .help = "seconds (1.5 is possible) to connect, and again for dialogue and "
               "handshake (10)"}};
  options.insert(options.begin(), all.begin(), all.end());
  return options;
}

std::string place_words(const CheckJob& job, const net::Address& address) {
  return job.word + " [" + net::to_text(address) + "]";
}

CheckJob target_job(const CheckJob& service, const client::Referral& referral,
                    const dns::Srv& target) {
  CheckJob out = service;
  out.service.reset();
  out.referral = referral;
  out.word = target.target.text();
  out.target.host = target.target;
  out.target.port = target.port;
  return out;
}

client::Options flow_options(const CheckJob& job, WaitingLine& waiting) {
  client::Options out = job.options;
  out.dial = [&waiting, &job, dial = out.dial](
                 io::Loop& loop, std::vector<net::Endpoint> endpoints, io::Source source,
                 io::ConnectTimeouts timeouts, io::Abort& abort) {
    const bool single = endpoints.size() == 1;
    waiting.at((single ? place_words(job, endpoints.front().address) : job.word) +
               ": connecting");
    return dial(loop, std::move(endpoints), source, timeouts, abort);
  };
  out.on_connected = [&waiting, &job](const io::ConnectOutcome& connected) {
    waiting.at(place_words(job, connected.peer.address) + ": waiting for its answers");
  };
  if (job.starttls) {
    // A server of many domains is told which one is wanted (RFC 6120 4.7.2).
    const std::string domain =
        job.referral ? job.referral->domain.text() : client::to_text(job.target.host);
    out.opening = [protocol = *job.starttls, peer = domain, limit = out.handshake_limit] {
      return client::starttls_opening(
          starttls::make_dialogue(protocol, io::host_name(), peer), limit);
    };
  }
  return out;
}

client::Wanted wanted_of(const CheckJob& job) {
  return {job.word, job.target, job.addresses, job.demand, job.store()};
}

base::Result<CheckJob> check_job(const Arguments& arguments, std::string_view usage,
                                 const verify::Roots* store) {
  auto pins = given_records(arguments);  // first: without quotes there are odd words
  if (!pins) return tl::unexpected(pins.error());
  if (auto ok = arguments.expect_words(1, 2, usage); !ok) {
    return tl::unexpected(ok.error());
  }
  CheckJob job;
  job.demand.pins = std::move(*pins);
  if (auto ok = read_target(arguments, job); !ok) return tl::unexpected(ok.error());
  if (auto ok = read_demand(arguments, store, job); !ok)
    return tl::unexpected(ok.error());
  if (auto ok = read_certificate(arguments, job); !ok) return tl::unexpected(ok.error());
  if (auto ok = read_source(arguments, job); !ok) return tl::unexpected(ok.error());
  std::chrono::milliseconds limit{10'000};
  if (const auto word = arguments.value("timeout")) {
    const auto span = parse_span("--timeout", *word);
    if (!span) return tl::unexpected(span.error());
    limit = *span;
  }
  job.options.connect = {limit, std::chrono::seconds(0)};
  job.options.handshake_limit = limit;
  job.first_alone = arguments.has("first");
  if (job.first_alone && arguments.has("all-addresses")) {
    return usage_error("either --first or --all-addresses");
  }
  job.every = arguments.has("all-addresses");
  job.verbose = arguments.has("verbose");
  return job;
}

}  // namespace cli::dane
