#include "cli/sslclient/letters.h"

#include <algorithm>
#include <array>

#include "cli/settings.h"
#include "src/tls/priorities.h"

namespace cli::sslclient {
namespace {

using base::Code;
using base::ErrorKind;
using resolver::Families;

struct Letter {
  char letter;
  void (*apply)(Options&);
};

// The letters of ucspi-ssl that take no argument. Most are pairs of which the later one
// on the command line wins; -3 stands alone.
constexpr std::array<Letter, 26> kWithoutArgument = {{
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
    {'x', [](Options& o) { o.verify_peer = Switch::on; }},
    {'X', [](Options& o) { o.verify_peer = Switch::off; }},
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

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(ErrorKind::usage, Code::usage, std::move(what));
}

/// `x+y`, or `x` for `x+0`.
base::Result<io::ConnectTimeouts> parse_timeouts(std::string_view text) {
  const std::size_t plus = text.find('+');
  const auto first = parse_number("-T", text.substr(0, plus), {0, 86400});
  if (!first)
    return usage("-T " + base::printable(text, base::kWord) + " is not X+Y in seconds");
  io::ConnectTimeouts out{std::chrono::seconds(*first), std::chrono::seconds(0)};
  if (plus == std::string_view::npos) return out;
  const auto second = parse_number("-T", text.substr(plus + 1), {0, 86400});
  if (!second)
    return usage("-T " + base::printable(text, base::kWord) + " is not X+Y in seconds");
  out.second = std::chrono::seconds(*second);
  return out;
}

base::Result<void> set_number(int letter, std::string_view text, Options& options) {
  const std::string name = {'-', static_cast<char>(letter)};
  const unsigned long most = letter == 'p' ? 65535 : letter == 'V' ? 100 : 10'000'000;
  const unsigned long least = letter == 'w' ? 1 : 0;
  const auto value = parse_number(name, text, {least, most});
  if (!value) return tl::unexpected(value.error());
  switch (letter) {
    case 'p':
      options.source.port = static_cast<std::uint16_t>(*value);
      break;
    case 't':
      options.names.ident_limit = std::chrono::seconds(*value);
      break;
    case 'w':
      options.relay.idle = std::chrono::seconds(*value);
      break;
    default:
      options.demand.max_intermediates = static_cast<unsigned>(*value);
      break;
  }
  return {};
}

base::Result<void> set_source(std::string_view text, Options& options) {
  const auto address = net::parse_address(text);
  if (!address)
    return usage("-i " + base::printable(text, base::kWord) + " is not an IP address");
  options.source.address = *address;
  return {};
}

base::Result<void> set_timeouts(std::string_view text, Options& options) {
  auto timeouts = parse_timeouts(text);
  if (!timeouts) return tl::unexpected(timeouts.error());
  options.timeouts = *timeouts;
  return {};
}

base::Result<void> set_ciphers(std::string_view list, Options& options) {
  auto priorities = tls::priorities_for(list);
  if (!priorities) return tl::unexpected(priorities.error());
  options.tls.priorities = *priorities;
  return {};
}

/// Where the words of these letters are kept as they are; nullptr for other letters.
std::string* word_for(int letter, Draft& draft) {
  Options& options = draft.options;
  switch (letter) {
    case 'I':
      return &draft.interface;
    case 'a':
      return &options.ca_file;
    case 'A':
      return &options.ca_directory;
    case 'c':
      return &options.tls.certificate.file;
    case 'k':
      return &options.tls.certificate.key_file;
    case 'K':
      return &options.key_password_file;
    default:
      return nullptr;
  }
}

}  // namespace

bool apply_letter(int letter, Options& options) {
  const auto* found = std::ranges::find(kWithoutArgument, letter, &Letter::letter);
  if (found == kWithoutArgument.end()) return false;
  found->apply(options);
  return true;
}

base::Result<void> apply_argument(int letter, const char* argument, Draft& draft) {
  if (std::string* word = word_for(letter, draft)) {
    *word = argument;
    return {};
  }
  switch (letter) {
    case 'l':
      draft.options.names.local_host = argument;
      return {};
    case 'i':
      return set_source(argument, draft.options);
    case 'T':
      return set_timeouts(argument, draft.options);
    case 'C':
    case 'z':
      return set_ciphers(argument, draft.options);
    default:
      return set_number(letter, argument, draft.options);
  }
}

}  // namespace cli::sslclient
