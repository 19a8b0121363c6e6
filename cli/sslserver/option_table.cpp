#include "cli/sslserver/option_table.h"

namespace cli::sslserver {
namespace {

void add_connections(std::vector<Option>& to) {
  to.push_back({.letter = 'c',
                .value = {"N"},
                .help = "connections at a time (40)",
                .section = "Connections"});
  to.push_back({.letter = 'b', .value = {"N"}, .help = "connections in the queue (20)"});
  to.push_back({.name = "prefork",
                .value = {"N"},
                .help = "so many processes wait for a connection (0)",
                .code = kPrefork});
  to.push_back({.letter = '1',
                .help = "print address and port on standard output once listening"});
  to.push_back({.letter = 'I',
                .value = {"IF", WordKind::interface},
                .help = "the interface of a link-local address"});
  to.push_back({.letter = '4', .help = ":0 is every IPv4 address alone"});
  to.push_back({.letter = '6', .help = ":0 is every address, IPv6 and IPv4"});
  to.push_back({.letter = 'w',
                .value = {"N"},
                .help = "seconds without data that end a connection (3600)"});
  to.push_back({.letter = 'd', .opposite = 'D', .help = "leave Nagle's algorithm on"});
  to.push_back({.letter = 'o', .opposite = 'O', .help = "keep the client's IP options"});
  to.push_back(
      {.letter = 'B', .value = {"TEXT"}, .help = "say this before anything else"});
  to.push_back({.letter = 'f',
                .value = {"FILE", WordKind::file},
                .help = "of sslhandle alone: no effect"});
}

void add_access(std::vector<Option>& to) {
  to.push_back({.letter = 'x',
                .value = {"FILE", WordKind::file},
                .help = "rules of tcprules(1)",
                .section = "Access"});
  to.push_back({.letter = 'y',
                .value = {"FILE", WordKind::file},
                .help = "rules for addresses alone, which come first"});
  to.push_back({.letter = 'X', .help = "go on without a file of rules that is missing"});
  to.push_back(
      {.letter = 'h', .opposite = 'H', .help = "look up the client's host name"});
  to.push_back({.letter = 'p',
                .opposite = 'P',
                .help = "demand that the client's host name leads back to its address"});
  to.push_back({.letter = 'l',
                .value = {"NAME", WordKind::host},
                .help = "our own host name; it is not looked up"});
  to.push_back({.letter = 'r', .opposite = 'R', .help = "ask the client's IDENT"});
  to.push_back({.letter = 't', .value = {"N"}, .help = "seconds for IDENT (26)"});
}

void add_users(std::vector<Option>& to) {
  to.push_back({.letter = 'u',
                .value = {"UID", WordKind::user},
                .help = "the user whose rights the program has",
                .section = "Users"});
  to.push_back({.letter = 'g',
                .value = {"GID", WordKind::group},
                .help = "the group whose rights the program has"});
  to.push_back({.letter = 'U', .help = "the user and the group of $UID and $GID"});
  to.push_back({.letter = 'a', .help = "no effect"});
  to.push_back({.letter = 'A', .help = "no effect"});
}

void add_tls(std::vector<Option>& to) {
  to.push_back({.letter = 'T',
                .value = {"N"},
                .help = "seconds for a handshake (26)",
                .section = "TLS"});
  to.push_back(
      {.letter = 'n', .opposite = 'N', .help = "let the program say when TLS starts"});
  to.push_back({.letter = '3', .help = "the keys' password is on descriptor 3"});
  to.push_back({.name = "own-tlsa",
                .value = {"WORD", WordKind::one_of, {"warn", "refuse"}},
                .help = "where our own TLSA records do not prove what is shown (refuse: "
                        "at SIGHUP the old certificate stays)",
                .code = kOwnTlsa});
  to.push_back({.name = "chain-file",
                .value = {"FILE", WordKind::file},
                .help =
                    "what proves our TLSA records, by dane evidence chain, to clients "
                    "that ask for it (RFC 9102), in TLS 1.2",
                .code = kChainFile});
  to.push_back({.name = "chain-lifetime",
                .value = {"HOURS"},
                .help = "so long it will be there, and clients may insist on it (0)",
                .code = kChainLifetime});
  to.push_back(allow_truncation_option());
}

void add_clients(std::vector<Option>& to) {
  to.push_back({.letter = 'Z',
                .help = "ask for no certificate (the default)",
                .section = "Client certificates"});
  to.push_back({.letter = 'i', .help = "ask for one, which a client need not have"});
  to.push_back({.letter = 'm', .help = "demand one, of any name"});
  to.push_back({.letter = 'z', .help = "demand one with the client's host name"});
  to.push_back({.name = "client-policy",
                .value = {"WORD", WordKind::one_of, {"none", "may", "pkix", "dane"}},
                .help = "as -Z, -i or -m; dane: the owner of the certificate's name "
                        "bears it out in the DNS",
                .code = kClientPolicy});
  to.push_back({.name = "client-service",
                .value = {"S"},
                .help = "clients have their TLSA records below _S.NAME (smtp-client)",
                .code = kClientService});
}

void add_output(std::vector<Option>& to) {
  add_verbosity(to);
  to.push_back({.letter = 'V', .help = "say everything, and what was negotiated"});
  add_variables(to);
  add_about_itself(to);
}

std::vector<Option> make_table() {
  std::vector<Option> out;
  add_connections(out);
  add_access(out);
  add_users(out);
  add_tls(out);
  add_clients(out);
  add_resolver_options(out);
  add_output(out);
  return out;
}

}  // namespace

std::span<const Option> option_table() {
  static const std::vector<Option> kTable = make_table();
  return kTable;
}

Syntax syntax() { return ucspi_syntax("sslserver", option_table()); }

std::vector<Syntax> small_programs() {
  static const std::vector<Option> kHandedOn = [] {
    std::vector<Option> out = options_handed_on(option_table());
    out.push_back(help_option());
    return out;
  }();
  return {{.name = "sslprint",
           .options = kHandedOn,
           .words = {{"HOST", WordKind::host}, {"PORT", WordKind::service}},
           .order = Order::before_words}};
}

}  // namespace cli::sslserver
