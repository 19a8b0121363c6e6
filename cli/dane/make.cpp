// dane make: TLSA records from certificates, keys and requests.

#include <unistd.h>

#include <algorithm>
#include <array>

#include "cli/dane/command.h"
#include "cli/dane/files.h"
#include "cli/dane/owner.h"
#include "cli/dane/record_numbers.h"
#include "cli/layout.h"
#include "cli/moment.h"
#include "cli/terminal.h"
#include "src/base/json.h"
#include "src/client/wall_clock.h"
#include "src/publish/issuer.h"
#include "src/rrset/faults.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

using publish::Parameters;
using publish::Source;
using publish::ZoneForm;

constexpr std::array<const char*, 4> kSources = {"cert", "key", "csr", "chain"};

/// What one record is to be made of, and how.
struct Wanted {
  Source source;
  Parameters parameters;
  verify::Certificates chain;  ///< on which the record's certificate is an issuer, if so
};

/// The leaf for usages 1 and 3, its issuer for 0 and 2; without a usage both, as RFC 7672
/// 3.1.1 recommends.
base::Result<std::vector<Wanted>> from_chain(const Arguments& arguments,
                                             const std::string& file,
                                             const Parameters& parameters) {
  const auto chain = load_certificates(file);
  if (!chain) return tl::unexpected(chain.error());
  const bool anchor = dns::is_about_issuer(parameters.usage);
  const bool both = !arguments.has("usage") && chain->size() > 1;
  if (auto ok = publish::check_leaf_first(*chain); !ok) {
    return tl::unexpected(ok.error().in(file));
  }
  std::vector<Wanted> out;
  if (!anchor) out.push_back({publish::source_of(chain->front()), parameters, {}});
  if (!anchor && !both) return out;
  const auto issuer = publish::find_issuer(*chain);
  if (!issuer) {
    const auto usage = std::to_string(dns::number(parameters.usage));
    const std::string instead = both ? "; --usage 3 makes the leaf's record alone"
                                     : "; usage " + usage + " is about the issuer";
    return usage_error(file + ": " + issuer.error().detail + instead);
  }
  Parameters above = parameters;
  if (both) above.usage = dns::kDaneTa;
  out.push_back({publish::source_of(chain->at(*issuer)), above, *chain});
  return out;
}

/// The first certificate of a file. A record of an issuer wants one that may issue: the
/// leaf is never its own anchor (RFC 7671 5.2).
base::Result<Source> from_certificate(const std::string& file, dns::Usage usage) {
  const auto certificates = load_certificates(file);
  if (!certificates) return tl::unexpected(certificates.error());
  if (dns::is_about_issuer(usage) && !publish::may_issue(certificates->front())) {
    return usage_error(file + ": usage " + std::to_string(dns::number(usage)) +
                       " is about an issuer, and this certificate may not sign others: "
                       "give the issuer's, or the chain with --chain");
  }
  return publish::source_of(certificates->front());
}

/// The one option that says what the records are made of.
base::Result<std::string> source_option(const Arguments& arguments) {
  std::vector<std::string> given;
  for (const char* option : kSources) {
    if (arguments.has(option)) given.emplace_back(option);
  }
  if (given.size() == 1) return given.front();
  return usage_error(
      "one of --cert, --key, --csr and --chain is needed: "
      "dane make --chain F mx.example.org 25");
}

base::Result<std::vector<Wanted>> wanted_by(const Arguments& arguments,
                                            const std::string& option) {
  const auto parameters = parameters_of(arguments);
  if (!parameters) return tl::unexpected(parameters.error());
  const std::string file = *arguments.value(option);
  if (option == "chain") return from_chain(arguments, file, *parameters);
  base::Result<Source> source;
  if (option == "cert") {
    source = from_certificate(file, parameters->usage);
  } else if (dns::is_about_issuer(parameters->usage)) {
    return usage_error("usage " + std::to_string(dns::number(parameters->usage)) +
                       " is about an issuer, and whether a key is one's cannot be seen: "
                       "give its certificate with --cert, or the chain with --chain");
  } else {
    source = option == "key" ? load_key(file) : load_request(file);
  }
  if (!source) return tl::unexpected(source.error());
  return std::vector<Wanted>{{std::move(*source), *parameters, {}}};
}

/// The owners at each port of the command line, a port once.
base::Result<std::vector<Owner>> wanted_owners(const Arguments& arguments) {
  const std::string transport = arguments.value("transport").value_or("tcp");
  if (transport != "tcp" && transport != "udp" && transport != "sctp") {
    return usage_error("--transport is tcp, udp or sctp");
  }
  std::vector<Owner> out;
  const auto& words = arguments.words();
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto owner = owner_of(words[0], words[i], transport);
    if (!owner) return tl::unexpected(owner.error());
    const bool known = std::ranges::find(out, owner->port, &Owner::port) != out.end();
    if (!known) out.push_back(std::move(*owner));
  }
  return out;
}

/// The records at one owner, and what a peer would object to: one line each.
struct Made {
  dns::Name owner;
  std::vector<dns::Tlsa> records;
  std::vector<std::string> warnings;
};

base::Result<Made> make_all(const std::vector<Wanted>& wanted, const Owner& owner) {
  Made out;
  out.owner = owner.name;
  for (const Wanted& one : wanted) {
    auto record = publish::make_record(one.source, one.parameters);
    if (!record) return tl::unexpected(record.error());
    if (!one.chain.empty() && record->usage == dns::kDaneTa) {
      const auto why =
          publish::why_refused(one.chain, *record, owner.host, client::wall_clock());
      if (why) {
        out.warnings.push_back(dns::parameters(*record) +
                               " would not prove this chain now: " + *why);
      }
    }
    out.records.push_back(std::move(*record));
  }
  return out;
}

/// Adds what is wrong with the records as a set, but for notes: nobody has asked.
void add_faults(const std::vector<Wanted>& wanted, const Owner& owner,
                const std::optional<std::chrono::seconds>& ttl, Made& made) {
  auto set = rrset::record_set(made.records, rrset::service_at(owner.port));
  set.ttl = ttl;
  for (rrset::Member& member : set.members) {
    const bool is_in_chain = !wanted.at(member.index).chain.empty();
    if (is_in_chain) member.fit = rrset::Fit{true, true, {}};
  }
  for (const rrset::Fault& fault : rrset::faults(set)) {
    const auto& text = rrset::text_of(fault.rule);
    if (text.severity == rrset::Severity::note) continue;
    made.warnings.push_back(rrset::in_words(fault) + " (" + std::string(text.word) + ")");
  }
}

/// How the records are written.
struct Form {
  ZoneForm zone = ZoneForm::tlsa;
  std::optional<std::chrono::seconds> ttl;
};

/// Members `records` and `warnings`.
void write_made(base::JsonWriter& json, const Made& made, const Form& form) {
  json.key("records").begin_array();
  for (const dns::Tlsa& record : made.records) {
    json.begin_object();
    json.member("usage", dns::number(record.usage));
    json.member("selector", dns::number(record.selector));
    json.member("matching", dns::number(record.matching));
    json.member("data", base::to_hex(record.data));
    json.member("zone", publish::zone_line(made.owner, record, ZoneForm::tlsa, form.ttl));
    json.member("generic",
                publish::zone_line(made.owner, record, ZoneForm::generic, form.ttl));
    json.end_object();
  }
  json.end_array().member("warnings", made.warnings);
}

/// The first owner is told as if it were the only one; beside it there are all.
std::string json_of(const std::vector<Made>& all, const Form& form) {
  base::JsonWriter json;
  json.begin_object().member("version", 1).member("owner", all.front().owner.text());
  if (form.ttl) json.member("ttl", form.ttl->count());
  write_made(json, all.front(), form);
  if (all.size() > 1) {
    json.key("owners").begin_array();
    for (const Made& made : all) {
      json.begin_object().member("owner", made.owner.text());
      write_made(json, made, form);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return json.text() + "\n";
}

/// A comment of zone files in as many lines as it needs.
std::string comment_of(const std::string& text) {
  constexpr std::string_view kMark = "; ";
  std::string out;
  const std::string lines = TextLayout(output_columns() - kMark.size())
                                .sentence(0, base::printable(text, base::kLine), 2)
                                .text();
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at) + 1;
    out += std::string(kMark) + lines.substr(at, end - at);
    at = end;
  }
  return out;
}

std::string numbers_of(const Parameters& parameters) {
  return dns::parameters(
      {parameters.usage, parameters.selector, parameters.matching, {}});
}

/// What each of the two records of a chain is for: those who paste them have to know that
/// they want both. Nothing where one is made.
std::optional<std::string> uses_of(const std::vector<Wanted>& wanted) {
  if (wanted.size() < 2) return std::nullopt;
  const Parameters &leaf = wanted.front().parameters, &issuer = wanted.back().parameters;
  const std::string own = leaf.selector == dns::kSpki ? "key" : "certificate";
  return numbers_of(leaf) + " proves the server by its " + own + ", " +
         numbers_of(issuer) + " by its issuer when the " + own + " changes.";
}

/// What to know of a record of a chain's issuer: a CA publishes no plan of its
/// intermediates, and signs a renewed certificate by another one some day. Nothing for a
/// root, which stays.
std::optional<std::string> risk_of(const Wanted& wanted) {
  if (wanted.chain.empty() || !wanted.source.certificate) return std::nullopt;
  const auto issuer = verify::parse_certificate(*wanted.source.certificate);
  if (!issuer || verify::self_issued(*issuer)) return std::nullopt;
  return numbers_of(wanted.parameters) +
         " is of an intermediate certificate, and a CA may change its intermediate "
         "without notice. The record of your own key, 3 1 1, does not have this risk if "
         "the key is kept when the certificate is renewed.";
}

/// A zone file: what all owners are warned of stands in front of it, the rest in front of
/// the records that it is about.
std::string text_of(const std::vector<Made>& all, const Form& form) {
  const auto is_for_all = [&](const std::string& warning) {
    return std::ranges::all_of(all, [&](const Made& made) {
      return std::ranges::find(made.warnings, warning) != made.warnings.end();
    });
  };
  std::string head, records;
  for (const Made& made : all) {
    for (const std::string& warning : made.warnings) {
      if (!is_for_all(warning)) {
        records += comment_of(warning);
      } else if (&made == &all.front()) {
        head += comment_of(warning);
      }
    }
    for (const dns::Tlsa& record : made.records) {
      records += publish::zone_line(made.owner, record, form.zone, form.ttl) + "\n";
    }
  }
  return head + records;
}

/// A line a record where a program reads on; on a terminal lines that it holds.
ZoneForm zone_form(const Arguments& arguments) {
  if (arguments.has("generic")) return ZoneForm::generic;
  return isatty(STDOUT_FILENO) != 0 ? ZoneForm::folded : ZoneForm::tlsa;
}

base::Result<Outcome> make(const Arguments& arguments) {
  const auto source = source_option(arguments);
  if (!source) return tl::unexpected(source.error());
  if (auto ok = expect_host_and_port(arguments, "dane make --" + *source + " F"); !ok) {
    return tl::unexpected(ok.error());
  }
  const auto owners = wanted_owners(arguments);
  if (!owners) return tl::unexpected(owners.error());
  Form form{zone_form(arguments), {}};
  if (const auto word = arguments.value("ttl")) {
    const auto span = parse_span(*word);
    if (!span) return tl::unexpected(span.error().in("--ttl"));
    form.ttl = *span;
  }
  const auto wanted = wanted_by(arguments, *source);
  if (!wanted) return tl::unexpected(wanted.error());
  std::vector<Made> all;
  for (const Owner& owner : *owners) {
    auto made = make_all(*wanted, owner);
    if (!made) return tl::unexpected(made.error());
    add_faults(*wanted, owner, form.ttl, *made);
    all.push_back(std::move(*made));
  }
  if (arguments.has("json")) {
    print(json_of(all, form));
    return Outcome::fine;
  }
  if (const auto uses = uses_of(*wanted)) print(comment_of(*uses));
  for (const Wanted& one : *wanted) {
    if (const auto risk = risk_of(one)) print(comment_of(*risk));
  }
  print(text_of(all, form));
  if (form.zone == ZoneForm::folded) {
    const Owner& first = owners->front();
    print(comment_of("When it is published: dane check " + first.host.text() + " " +
                     std::to_string(first.port)));
  }
  return Outcome::fine;
}

}  // namespace

const Command kMake = {
    .name = "make",
    .summary = "TLSA records from a certificate, key, request or chain",
    .usage =
        "usage: dane make --cert F | --key F | --csr F | --chain F [OPTIONS] HOST "
        "PORT...",
    .options = []() -> std::vector<Option> {
      return {
          {.name = "cert",
           .value = {"FILE", WordKind::file},
           .help = "PEM or DER certificate (the first of a file)"},
          {.name = "key",
           .value = {"FILE", WordKind::file},
           .help = "private or public key; selector 1 only"},
          {.name = "csr",
           .value = {"FILE", WordKind::file},
           .help = "certification request; selector 1 only"},
          {.name = "chain",
           .value = {"FILE", WordKind::file},
           .help = "as the server sends it, leaf first: 3 1 1 of the leaf, and 2 1 1 "
                   "of the one of the others that signed it"},
          {.name = "usage",
           .value = {"N", WordKind::text, {"pkix-ta", "pkix-ee", "dane-ta", "dane-ee"}},
           .help = "0 pkix-ta, 1 pkix-ee, 2 dane-ta or 3 dane-ee, the number or the "
                   "word (3); with --chain 0 and 2 take the issuer"},
          {.name = "selector",
           .value = {"N", WordKind::text, {"cert", "spki"}},
           .help = "0 cert or 1 spki: certificate or key (1)"},
          {.name = "matching",
           .value = {"N", WordKind::text, {"full", "sha2-256", "sha2-512"}},
           .help = "0 full, 1 sha2-256 or 2 sha2-512 (1)"},
          {.name = "ttl",
           .value = {"SPAN"},
           .help = "e.g. 1800 or 30m; without it the zone's default"},
          {.name = "transport",
           .value = {"P", WordKind::one_of, {"tcp", "udp", "sctp"}},
           .help = "of the port (tcp)"},
          {.name = "generic",
           .help = "as TYPE52 of RFC 3597, for name servers that do not know TLSA"},
          json_option()};
    },
    .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
    .run = make};

}  // namespace cli::dane
