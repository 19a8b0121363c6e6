#include "cli/sslclient/options.h"

#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>

#include <array>

#include "cli/library_environment.h"
#include "cli/settings.h"
#include "cli/sslclient/help.h"
#include "cli/sslclient/letters.h"
#include "cli/version.h"

namespace cli {
namespace {

using base::ErrorKind;

constexpr const char* kLetters =
    "+:346dDvqQhHrRnNxXsSeEmMyYjJi:I:p:T:t:l:a:A:c:C:z:k:K:V:w:";

enum LongOption : int {
  kPolicy = 256,
  kTrustAnchor,
  kAutoTrustAnchor,
  kForward,
  kUnboundConf,
  kDnsTimeout,
  kSni,
  kName,
  kStarttls,
  kJson,
  kCommonName,
  kDaneEeNames,
  kAllowTruncation,
  kDropStatus,
  kWholeEnvironment,
  kHelp,
  kVersion,
};

constexpr std::array<option, 18> kLongOptions = {{
    {"policy", required_argument, nullptr, kPolicy},
    {"trust-anchor", required_argument, nullptr, kTrustAnchor},
    {"auto-trust-anchor", required_argument, nullptr, kAutoTrustAnchor},
    {"forward", required_argument, nullptr, kForward},
    {"unbound-conf", required_argument, nullptr, kUnboundConf},
    {"dns-timeout", required_argument, nullptr, kDnsTimeout},
    {"sni", required_argument, nullptr, kSni},
    {"name", required_argument, nullptr, kName},
    {"starttls", required_argument, nullptr, kStarttls},
    {"json", optional_argument, nullptr, kJson},
    {"common-name", required_argument, nullptr, kCommonName},
    {"dane-ee-names", no_argument, nullptr, kDaneEeNames},
    {"allow-truncation", no_argument, nullptr, kAllowTruncation},
    {"drop-status", required_argument, nullptr, kDropStatus},
    {"library-environment", no_argument, nullptr, kWholeEnvironment},
    {"help", no_argument, nullptr, kHelp},
    {"version", no_argument, nullptr, kVersion},
    {nullptr, 0, nullptr, 0},
}};

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(ErrorKind::usage, base::Code::usage, std::move(what));
}

/// `x+y`, or `x` for `x+0`.
base::Result<io::ConnectTimeouts> parse_timeouts(std::string_view text) {
  const std::size_t plus = text.find('+');
  const auto first = parse_number("-T", text.substr(0, plus), {0, 86400});
  if (!first) return usage("-T " + base::printable(text, 60) + " is not X+Y in seconds");
  io::ConnectTimeouts out{std::chrono::seconds(*first), std::chrono::seconds(0)};
  if (plus == std::string_view::npos) return out;
  const auto second = parse_number("-T", text.substr(plus + 1), {0, 86400});
  if (!second) return usage("-T " + base::printable(text, 60) + " is not X+Y in seconds");
  out.second = std::chrono::seconds(*second);
  return out;
}

base::Result<policy::ReferenceName> parse_reference(std::string_view word) {
  if (const auto address = net::parse_address_name(word))
    return policy::ReferenceName(*address);
  auto name = dns::Name::parse(word);
  if (!name) return tl::unexpected(name.error());
  return policy::ReferenceName(std::move(*name));
}

/// Reads the options one by one; what it keeps besides them is what only the whole line
/// can decide.
class Parser {
 public:
  explicit Parser(SslclientOptions options) : out_(std::move(options)) {}

  base::Result<void> option(int letter, const char* argument);
  base::Result<SslclientOptions> finish(std::vector<std::string> words);

 private:
  base::Result<void> letter_option(int letter, const char* argument);
  base::Result<void> long_option(int code, const char* argument);
  base::Result<void> number_option(int letter, std::string_view text);
  base::Result<void> set_source(std::string_view text);
  base::Result<void> set_common_name(std::string_view word);
  void settle_policy();
  [[nodiscard]] base::Result<void> check_json() const;

  SslclientOptions out_;
  std::string interface_;
  bool level_given_ = false;
};

base::Result<void> Parser::option(int letter, const char* argument) {
  if (letter >= kPolicy) return long_option(letter, argument);
  if (apply_letter(letter, out_)) return {};
  return letter_option(letter, argument);
}

base::Result<void> Parser::number_option(int letter, std::string_view text) {
  const std::string name = {'-', static_cast<char>(letter)};
  const unsigned long most = letter == 'p' ? 65535 : letter == 'V' ? 100 : 10'000'000;
  const unsigned long least = letter == 'w' ? 1 : 0;
  const auto value = parse_number(name, text, {least, most});
  if (!value) return tl::unexpected(value.error());
  switch (letter) {
    case 'p':
      out_.source.port = static_cast<std::uint16_t>(*value);
      break;
    case 't':
      out_.names.ident_limit = std::chrono::seconds(*value);
      break;
    case 'w':
      out_.relay.idle = std::chrono::seconds(*value);
      break;
    default:
      out_.demand.max_intermediates = static_cast<unsigned>(*value);
      break;
  }
  return {};
}

base::Result<void> Parser::set_source(std::string_view text) {
  const auto address = net::parse_address(text);
  if (!address) return usage("-i " + base::printable(text, 60) + " is not an IP address");
  out_.source.address = *address;
  return {};
}

base::Result<void> Parser::letter_option(int letter, const char* argument) {
  switch (letter) {
    case 'i':
      return set_source(argument);
    case 'I':
      interface_ = argument;
      break;
    case 'l':
      out_.names.local_host = argument;
      break;
    case 'a':
      out_.ca_file = argument;
      break;
    case 'A':
      out_.ca_directory = argument;
      break;
    case 'c':
      out_.tls.certificate_file = argument;
      break;
    case 'k':
      out_.tls.key_file = argument;
      break;
    case 'K':
      out_.key_password_file = argument;
      break;
    case 'p':
    case 't':
    case 'w':
    case 'V':
      return number_option(letter, argument);
    case 'T': {
      auto timeouts = parse_timeouts(argument);
      if (!timeouts) return tl::unexpected(timeouts.error());
      out_.timeouts = *timeouts;
      break;
    }
    case 'C':
    case 'z': {
      auto priorities = tls::priorities_for(argument);
      if (!priorities) return tl::unexpected(priorities.error());
      out_.tls.priorities = *priorities;
      break;
    }
    default:
      break;
  }
  return {};
}

base::Result<void> Parser::set_common_name(std::string_view word) {
  if (word == "never") {
    out_.demand.common_name = policy::CommonName::never;
  } else if (word == "smtp") {
    out_.demand.common_name = policy::CommonName::smtp_dane_ta;
  } else if (word == "always") {
    out_.demand.common_name = policy::CommonName::always;
  } else {
    return usage("--common-name " + base::printable(word, 60) +
                 " is not never, smtp or always");
  }
  return {};
}

base::Result<void> Parser::long_option(int code, const char* argument) {
  const std::string_view word = argument == nullptr ? "" : argument;
  switch (code) {
    case kPolicy: {
      const auto level = policy::level_from_text(word);
      if (!level) return usage("--policy " + base::printable(word, 60) + " is unknown");
      out_.demand.level = *level;
      level_given_ = true;
      break;
    }
    case kTrustAnchor:
      out_.resolver.trust_anchor = word;
      break;
    case kAutoTrustAnchor:
      out_.resolver.auto_trust_anchor = word;
      break;
    case kUnboundConf:
      out_.resolver.unbound_conf = word;
      break;
    case kForward: {
      auto config = resolver::with_forward(out_.resolver, word);
      if (!config) return tl::unexpected(config.error().in("--forward"));
      out_.resolver = std::move(*config);
      break;
    }
    case kDnsTimeout: {
      const auto seconds = parse_number("--dns-timeout", word, {1, 3600});
      if (!seconds) return tl::unexpected(seconds.error());
      out_.resolver.deadline = std::chrono::seconds(*seconds);
      break;
    }
    case kSni:
    case kName: {
      auto name = parse_reference(word);
      if (!name) return tl::unexpected(name.error());
      if (code == kName) {
        out_.demand.names.push_back(std::move(*name));
      } else {
        out_.server_name = policy::to_text(*name);
      }
      break;
    }
    case kStarttls: {
      const auto protocol = starttls::protocol_from_text(word);
      if (!protocol)
        return usage("--starttls " + base::printable(word, 60) + " is unknown");
      out_.starttls = *protocol;
      break;
    }
    case kJson: {
      const auto fd = parse_number("--json", word.empty() ? "2" : word, {0, 1'000'000});
      if (!fd) return tl::unexpected(fd.error());
      out_.json = static_cast<int>(*fd);
      break;
    }
    case kCommonName:
      return set_common_name(word);
    case kDaneEeNames:
      out_.demand.name_check = policy::NameCheck::dane_ee;
      break;
    case kAllowTruncation:
      out_.relay.truncation = relay::Truncation::tolerate;
      break;
    case kDropStatus: {
      const auto status = parse_number("--drop-status", word, {1, 255});
      if (!status) return tl::unexpected(status.error());
      out_.drop_status = static_cast<int>(*status);
      break;
    }
    case kWholeEnvironment:
      if (libraries_see_environment()) break;
      return usage(std::string(kLibraryEnvironment) + " must be the first word");
    default:
      break;
  }
  return {};
}

/// What levels and services follow from the whole line: -X wins over all, a trust store
/// is what `dane` falls back to, STARTTLS for mail has RFC 7672's profile.
void Parser::settle_policy() {
  const bool has_store = !out_.ca_file.empty() || !out_.ca_directory.empty();
  if (!out_.verify_peer) {
    if (!level_given_ || out_.demand.level != policy::Level::none) {
      out_.demand.level = policy::Level::encrypt;
    }
  }
  out_.demand.without_tlsa =
      has_store ? policy::WithoutTlsa::pkix : policy::WithoutTlsa::refuse;
  const bool smtp = out_.starttls == starttls::Protocol::smtp;
  out_.demand.service = smtp ? policy::Service::smtp : policy::Service::other;
}

/// What was not open at the start may soon be the connection to the peer.
base::Result<void> Parser::check_json() const {
  if (!out_.json) return {};
  const bool password = out_.key_password_on_3 == Switch::on && *out_.json == 3;
  if (!password && fcntl(*out_.json, F_GETFD) >= 0) return {};
  return usage("--json " + std::to_string(*out_.json) + ": descriptor is not open");
}

base::Result<SslclientOptions> Parser::finish(std::vector<std::string> words) {
  if (words.size() < 3) return usage(std::string(kSslclientUsage));
  auto host = client::parse_host(words[0]);
  if (!host) return tl::unexpected(host.error());
  auto port = parse_port(words[1]);
  if (!port) return tl::unexpected(port.error());
  out_.target.host = std::move(*host);
  out_.target.port = *port;
  out_.host_word = words[0];
  out_.program.assign(words.begin() + 2, words.end());
  if (!interface_.empty()) {
    const unsigned scope = if_nametoindex(interface_.c_str());
    if (scope == 0)
      return usage("-I " + base::printable(interface_, 60) + ": no such interface");
    if (out_.source.address) out_.source.address->scope = scope;
    if (auto* address = std::get_if<net::Address>(&out_.target.host))
      address->scope = scope;
  }
  if (out_.delayed_tls == Switch::on && out_.starttls) {
    return usage("-y leaves the time of TLS to the program, --starttls does not");
  }
  if (auto open = check_json(); !open) return tl::unexpected(open.error());
  settle_policy();
  return std::move(out_);
}

base::Result<SslclientOptions> defaults() {
  SslclientOptions out;
  auto resolver = resolver_from_environment();
  if (!resolver) return tl::unexpected(resolver.error());
  out.resolver = std::move(*resolver);
  out.ca_file = environment_value("CAFILE").value_or("");
  out.ca_directory = environment_value("CADIR").value_or("");
  out.demand.max_intermediates_pkix = 1;  // -V of ucspi-ssl
  return out;
}

tl::unexpected<base::Error> bad_option(int letter, char** argv) {
  const std::string word = base::printable(argv[optind - 1], 60);
  if (letter == ':') return usage("option " + word + " needs an argument");
  return usage("unknown option " + word + "; see sslclient --help");
}

}  // namespace

base::Result<SslclientCommand> parse_sslclient(int argc, char** argv) {
  auto start = defaults();
  if (!start) return tl::unexpected(start.error());
  Parser parser(std::move(*start));
  opterr = 0;
  for (;;) {
    const int letter = getopt_long(argc, argv, kLetters, kLongOptions.data(), nullptr);
    if (letter == -1) break;
    if (letter == kHelp) return SslclientCommand{std::nullopt, sslclient_help()};
    if (letter == kVersion) {
      return SslclientCommand{std::nullopt, version_text("sslclient")};
    }
    if (letter == '?' || letter == ':') return bad_option(letter, argv);
    if (auto done = parser.option(letter, optarg); !done) {
      return tl::unexpected(done.error());
    }
  }
  auto options = parser.finish({argv + optind, argv + argc});
  if (!options) return tl::unexpected(options.error());
  return SslclientCommand{std::move(*options), ""};
}

}  // namespace cli
