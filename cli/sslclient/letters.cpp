#include "cli/sslclient/letters.h"

#include <algorithm>
#include <array>

namespace cli {
namespace {

using Options = SslclientOptions;
using resolver::Families;

struct Letter {
  char letter;
  void (*apply)(Options&);
};

// Those of ucspi-ssl, in pairs; the later one on the line wins.
constexpr std::array<Letter, 26> kLetters = {{
    {'q', [](Options& o) { o.verbosity = Verbosity::quiet; }},
    {'Q', [](Options& o) { o.verbosity = Verbosity::errors; }},
    {'v', [](Options& o) { o.verbosity = Verbosity::all; }},
    {'4', [](Options& o) { o.target.families = Families::v4_only; }},
    {'6', [](Options& o) { o.target.families = Families::both; }},
    {'d', [](Options& o) { o.no_delay = Switch::off; }},
    {'D', [](Options& o) { o.no_delay = Switch::on; }},
    {'h', [](Options& o) { o.names.remote_host = true; }},
    {'H', [](Options& o) { o.names.remote_host = false; }},
    {'r', [](Options& o) { o.names.remote_info = true; }},
    {'R', [](Options& o) { o.names.remote_info = false; }},
    {'x', [](Options& o) { o.verify_peer = true; }},
    {'X', [](Options& o) { o.verify_peer = false; }},
    {'n', [](Options& o) { o.demand.name_check = policy::NameCheck::compare; }},
    {'N', [](Options& o) { o.demand.name_check = policy::NameCheck::skip; }},
    {'3', [](Options& o) { o.key_password_on_3 = Switch::on; }},
    {'m', [](Options& o) { o.send_server_name = client::ServerName::always; }},
    {'M', [](Options& o) { o.send_server_name = client::ServerName::dane_only; }},
    {'s', [](Options& o) { o.tls_variables = Switch::on; }},
    {'S', [](Options& o) { o.tls_variables = Switch::off; }},
    {'e', [](Options& o) { o.tcp_copies = ucspi::TcpCopies::yes; }},
    {'E', [](Options& o) { o.tcp_copies = ucspi::TcpCopies::no; }},
    {'y', [](Options& o) { o.delayed_tls = Switch::on; }},
    {'Y', [](Options& o) { o.delayed_tls = Switch::off; }},
    {'j', [](Options& o) { o.relay.after_close = relay::AfterClose::hang_up; }},
    {'J', [](Options& o) { o.relay.after_close = relay::AfterClose::read_on; }},
}};

}  // namespace

bool apply_letter(int letter, SslclientOptions& options) {
  const auto* found = std::ranges::find(kLetters, letter, &Letter::letter);
  if (found == kLetters.end()) return false;
  found->apply(options);
  return true;
}

}  // namespace cli
