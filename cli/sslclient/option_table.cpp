#include "cli/sslclient/option_table.h"

#include "cli/sslclient/long_options.h"
#include "src/base/starttls.h"

namespace cli::sslclient {
namespace {

void add_proof(std::vector<Option>& to) {
  to.push_back(
      {.name = "policy",
       .value = {"LEVEL",
                 WordKind::one_of,
                 {"none", "may", "encrypt", "dane", "dane-only", "pkix", "dane+pkix"}},
       .help = "what is demanded of the server (dane)",
       .section = "Proof",
       .code = kPolicy});
  to.push_back({.letter = 'x', .opposite = 'X', .help = "verify the server"});
  to.push_back({.letter = 'n', .opposite = 'N', .help = "compare names"});
  to.push_back({.letter = 'V', .value = {"N"}, .help = "most intermediates (1)"});
  to.push_back({.letter = 'a',
                .value = {"FILE", WordKind::file},
                .help = "trust store for PKIX, where there are no TLSA records"});
  to.push_back({.letter = 'A',
                .value = {"DIR", WordKind::folder},
                .help = "a trust store with a file for each certificate"});
  to.push_back({.name = "ca",
                .value = {"PATH", WordKind::file},
                .help = "as -a or -A, as PATH is a file or a directory",
                .code = kCa});
  to.push_back({.name = "record",
                .value = {"RECORD"},
                .repeatable = true,
                .help = "a TLSA record in place of those of the DNS: 'U S M HEX' or a "
                        "line of a zone file",
                .code = kRecord});
  to.push_back({.name = "name",
                .value = {"NAME", WordKind::host},
                .repeatable = true,
                .help = "the server's name, in place of host",
                .code = kName});
  to.push_back({.name = "common-name",
                .value = {"WHEN", WordKind::one_of, {"never", "smtp", "always"}},
                .help = "whether common names of old certificates count (smtp)",
                .code = kCommonName});
  to.push_back({.name = "dane-ee-names",
                .help = "compare names under usage 3 too",
                .code = kDaneEeNames});
}

void add_connection(std::vector<Option>& to) {
  to.push_back({.letter = '4', .help = "IPv4 addresses alone", .section = "Connection"});
  to.push_back({.letter = '6', .help = "IPv4 and IPv6 addresses"});
  to.push_back({.name = "source",
                .letter = 'i',
                .value = {"IP"},
                .help = "the local address",
                .code = kSource});
  to.push_back({.letter = 'I',
                .value = {"IF", WordKind::interface},
                .help = "the interface of link-local addresses"});
  to.push_back({.letter = 'p', .value = {"N"}, .help = "the local port"});
  to.push_back({.letter = 'T',
                .value = {"X+Y"},
                .help = "seconds to connect, and in a second turn (2+58)"});
  to.push_back({.name = "timeout",
                .value = {"N"},
                .help = "as -T N+0; 1.5 is possible",
                .code = kTimeout});
  to.push_back({.letter = 'w',
                .value = {"N"},
                .help = "seconds without data that end a connection (3600)"});
  to.push_back({.letter = 'd', .opposite = 'D', .help = "leave Nagle's algorithm on"});
}

void add_tls(std::vector<Option>& to) {
  to.push_back({.name = "starttls",
                .value = {"PROTOCOL", WordKind::one_of, starttls::protocol_list()},
                .help = "clear text comes first, in one of these protocols",
                .section = "TLS",
                .code = kStarttls});
  to.push_back({.name = "cert",
                .letter = 'c',
                .value = {"FILE", WordKind::file},
                .help = "our own certificate chain"});
  to.push_back({.name = "key",
                .letter = 'k',
                .value = {"FILE", WordKind::file},
                .help = "its key"});
  to.push_back(
      {.letter = 'K', .value = {"FILE", WordKind::file}, .help = "the key's password"});
  to.push_back({.letter = '3', .help = "the key's password is on descriptor 3"});
  to.push_back({.letter = 'C', .value = {"LIST"}, .help = "cipher list"});
  to.push_back({.letter = 'z', .value = {"LIST"}, .help = "cipher list, as -C"});
  to.push_back({.letter = 'm', .opposite = 'M', .help = "send the server name"});
  to.push_back({.name = "sni",
                .value = {"NAME", WordKind::host},
                .help = "the server name in the hello",
                .code = kSni});
  to.push_back({.name = "chain-extension",
                .help = "the server may bring its TLSA records (RFC 9102): TLS 1.2",
                .code = kChainExtension});
  to.push_back({.name = "chain-pins",
                .value = {"FILE", WordKind::file},
                .help = "which servers promised to, and must",
                .code = kChainPins});
  to.push_back(
      {.letter = 'y', .opposite = 'Y', .help = "let the program say when TLS starts"});
  to.push_back({.letter = 'j', .opposite = 'J', .help = "hang up after our own close"});
  to.push_back(allow_truncation_option());
}

void add_output(std::vector<Option>& to) {
  add_verbosity(to);
  to.push_back({.name = "json",
                .value = {"FILE|FD", WordKind::file},
                .may_stand_alone = true,
                .help = "the verdict as JSON: on standard error, which then has nothing "
                        "else, or in FILE or on descriptor FD",
                .code = kJson});
  to.push_back({.name = "evidence",
                .value = {"PATH", WordKind::file},
                .help = "what the verdict was made of, for dane replay: a file, or a "
                        "folder for it",
                .code = kEvidence});
  add_variables(to);
  to.push_back({.letter = 'l',
                .value = {"NAME", WordKind::host},
                .help = "our own host name; it is not looked up"});
  to.push_back(
      {.letter = 'h', .opposite = 'H', .help = "look up the server's host name"});
  to.push_back({.letter = 'r', .opposite = 'R', .help = "ask the server's IDENT"});
  to.push_back({.letter = 't', .value = {"N"}, .help = "seconds for IDENT (26)"});
  to.push_back({.name = "drop-status",
                .value = {"N"},
                .help = "exit status for a server not reached or not proved (111)",
                .code = kDropStatus});
  to.push_back({.name = "library-environment",
                .help = "as first word: the libraries see the environment",
                .code = kWholeEnvironment});
  add_about_itself(to);
}

std::vector<Option> make_table() {
  std::vector<Option> out;
  add_proof(out);
  add_connection(out);
  add_tls(out);
  add_resolver_options(out);
  add_output(out);
  return out;
}

}  // namespace

std::span<const Option> option_table() {
  static const std::vector<Option> kTable = make_table();
  return kTable;
}

Syntax syntax() { return ucspi_syntax("sslclient", option_table()); }

std::vector<Syntax> small_programs() {
  static const std::vector<Option> kHelpAlone = {help_option()};
  static const std::vector<Option> kFamily = {
      {.letter = '4', .help = "IPv4 addresses alone"},
      {.letter = '6', .help = "IPv4 and IPv6 addresses"},
      help_option()};
  static const std::vector<Option> kHandedOn = [] {
    std::vector<Option> out = options_handed_on(option_table());
    std::erase_if(out, [](const Option& one) { return one.code == kWholeEnvironment; });
    return out;
  }();
  const Word host{"HOST", WordKind::host};
  const Word port{"PORT", WordKind::service};
  const auto small = [](std::string_view name, std::span<const Option> in_front,
                        std::vector<Word> words) {
    return Syntax{.name = name,
                  .options = in_front,
                  .words = std::move(words),
                  .order = Order::before_words,
                  .behind_words = kHandedOn};
  };
  return {small("sslcat", kFamily, {host, port}),
          small("sslconnect", kFamily, {host, port}),
          small("https@", kHelpAlone, {host, {"PAGE"}, port})};
}

}  // namespace cli::sslclient
