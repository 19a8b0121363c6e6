#include "cli/sslserver/command_line.h"

#include <net/if.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "cli/options/completion.h"
#include "cli/options/option_reader.h"
#include "cli/settings.h"
#include "cli/sslserver/option_table.h"
#include "cli/version.h"
#include "src/io/socket_address.h"

namespace cli::sslserver {
namespace {

using base::Code;
using base::ErrorKind;

/// A command line that has not been read to its end: what only the whole of it decides.
struct Draft {
  Options options;
  std::string interface;
  bool v4_only = false;
  bool is_sslhandle = false;
};

struct Letter {
  char letter;
  void (*apply)(Draft&);
};

// The letters of ucspi-ssl that take no argument. Most are pairs of which the later one
// on the command line wins. -a and -A of the first ucspi-ssl say when rights are given
// up, which is settled here.
constexpr std::array<Letter, 31> kWithoutArgument = {{
    {'q', [](Draft& d) { d.options.verbosity = Verbosity::quiet; }},
    {'Q', [](Draft& d) { d.options.verbosity = Verbosity::errors; }},
    {'v', [](Draft& d) { d.options.verbosity = Verbosity::all; }},
    {'V', [](Draft& d) { d.options.verbosity = Verbosity::with_tls; }},
    {'1', [](Draft& d) { d.options.print_port = Switch::on; }},
    {'3', [](Draft& d) { d.options.key_password_on_3 = Switch::on; }},
    {'4', [](Draft& d) { d.v4_only = true; }},
    {'6', [](Draft& d) { d.v4_only = false; }},
    {'d', [](Draft& d) { d.options.no_delay = Switch::off; }},
    {'D', [](Draft& d) { d.options.no_delay = Switch::on; }},
    {'h', [](Draft& d) { d.options.names.remote_host = true; }},
    {'H', [](Draft& d) { d.options.names.remote_host = false; }},
    {'r', [](Draft& d) { d.options.names.remote_info = true; }},
    {'R', [](Draft& d) { d.options.names.remote_info = false; }},
    {'p', [](Draft& d) { d.options.names.confirmed_by_addresses = true; }},
    {'P', [](Draft& d) { d.options.names.confirmed_by_addresses = false; }},
    {'X', [](Draft& d) { d.options.rules_may_be_missing = Switch::on; }},
    {'e', [](Draft& d) { d.options.tcp_copies = ucspi::TcpCopies::yes; }},
    {'E', [](Draft& d) { d.options.tcp_copies = ucspi::TcpCopies::no; }},
    {'s', [](Draft& d) { d.options.tls_variables = Switch::on; }},
    {'S', [](Draft& d) { d.options.tls_variables = Switch::off; }},
    {'n', [](Draft& d) { d.options.delayed_tls = Switch::on; }},
    {'N', [](Draft& d) { d.options.delayed_tls = Switch::off; }},
    {'o', [](Draft& d) { d.options.keep_ip_options = Switch::on; }},
    {'O', [](Draft& d) { d.options.keep_ip_options = Switch::off; }},
    {'z', [](Draft& d) { d.options.client = ClientDemand::named; }},
    {'m', [](Draft& d) { d.options.client = ClientDemand::required; }},
    {'i', [](Draft& d) { d.options.client = ClientDemand::optional; }},
    {'Z', [](Draft& d) { d.options.client = ClientDemand::none; }},
    {'a', [](Draft&) {}},
    {'A', [](Draft&) {}},
}};

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(ErrorKind::usage, Code::usage, std::move(what));
}

base::Result<unsigned long> number(int letter, std::string_view text) {
  constexpr unsigned long kMost = 10'000'000;
  const bool may_be_zero = letter == 't';
  return parse_number({std::string{'-', static_cast<char>(letter)}}, text,
                      {may_be_zero ? 0 : 1, kMost});
}

base::Result<void> set_number(int letter, std::string_view text, Options& options) {
  const auto value = number(letter, text);
  if (!value) return tl::unexpected(value.error());
  switch (letter) {
    case 'c':
      options.concurrency = *value;
      break;
    case 'b':
      options.where.backlog = static_cast<int>(*value);
      break;
    case 't':
      options.names.ident_limit = std::chrono::seconds(*value);
      break;
    case 'T':
      options.handshake_limit = std::chrono::seconds(*value);
      break;
    default:
      options.relay.idle = std::chrono::seconds(*value);
      break;
  }
  return {};
}

base::Result<void> set_user(const std::string& what, const std::string& word,
                            Options& options) {
  const auto found = server::user_number(what, word);
  if (!found) return tl::unexpected(found.error());
  options.program_rights.user = *found;
  return {};
}

base::Result<void> set_group(const std::string& what, const std::string& word,
                             Options& options) {
  const auto found = server::group_number(what, word);
  if (!found) return tl::unexpected(found.error());
  options.program_rights.group = *found;
  return {};
}

base::Result<void> set_from_environment(const Variables& variables, Options& options) {
  const auto user = variables.value("UID");
  const auto group = variables.value("GID");
  if (!user || !group) return usage("-U: UID and GID are not set");
  if (auto set = set_user("UID", *user, options); !set) return set;
  return set_group("GID", *group, options);
}

base::Result<void> apply_argument(int letter, const char* argument, Draft& draft) {
  Options& options = draft.options;
  switch (letter) {
    case 'x':
      options.rules = argument;
      return {};
    case 'y':
      options.address_rules = argument;
      return {};
    case 'l':
      options.names.local_host = argument;
      return {};
    case 'B':
      options.banner = argument;
      return {};
    case 'I':
      draft.interface = argument;
      return {};
    case 'f':  // the lock of sslhandle, whose children accept; here the listener does
      if (draft.is_sslhandle) return {};
      return usage("unknown option -f; it is for sslhandle");
    case 'u':
      return set_user("-u", argument, options);
    case 'g':
      return set_group("-g", argument, options);
    default:
      return set_number(letter, argument, options);
  }
}

base::Result<void> set_client_policy(std::string_view word, Options& options) {
  constexpr std::array<std::pair<std::string_view, ClientDemand>, 4> kWords = {
      {{"none", ClientDemand::none},
       {"may", ClientDemand::optional},
       {"pkix", ClientDemand::required},
       {"dane", ClientDemand::dane}}};
  for (const auto& [known, demand] : kWords) {
    if (known != word) continue;
    options.client = demand;
    return {};
  }
  return usage("--client-policy " + base::printable(word, base::kWord) +
               " is not none, may, pkix or dane");
}

/// One label, without the underscore that it gets.
base::Result<void> set_client_service(std::string_view word, Options& options) {
  const std::string label = base::lower(word.starts_with('_') ? word.substr(1) : word);
  const bool plain = !label.empty() && label.size() < 63 &&
                     label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                         std::string::npos;
  if (!plain) {
    return usage("--client-service " + base::printable(word, base::kWord) +
                 " is no name of a service");
  }
  options.client_service = label;
  return {};
}

base::Result<void> apply_long(int code, std::string_view word, Options& options) {
  if (code < kBehindResolverOptions) {
    return apply_resolver_option(code, word, options.resolver);
  }
  switch (code) {
    case kClientPolicy:
      return set_client_policy(word, options);
    case kPrefork: {
      const auto count = parse_number("--prefork", word, {0, 1'000});
      if (!count) return tl::unexpected(count.error());
      options.prefork = *count;
      return {};
    }
    case kOwnTlsa:
      if (word != "warn" && word != "refuse") {
        return usage("--own-tlsa " + base::printable(word, base::kWord) +
                     " is not warn or refuse");
      }
      options.own_tlsa = word == "warn" ? OwnTlsa::warn : OwnTlsa::refuse;
      return {};
    case kChainFile:
      options.chain_file = word;
      return {};
    case kChainLifetime: {
      const auto hours = parse_number("--chain-lifetime", word, {0, 65'535});
      if (!hours) return tl::unexpected(hours.error());
      options.chain_lifetime = static_cast<std::uint16_t>(*hours);
      return {};
    }
    case kClientService:
      return set_client_service(word, options);
    default:
      options.relay.truncation = relay::Truncation::tolerate;
      return {};
  }
}

/// The first address of a name, as this machine has it.
std::optional<net::Address> address_of(const std::string& name, bool v4_only) {
  addrinfo hints{};
  hints.ai_family = v4_only ? AF_INET : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  io::SocketAddress kernel;
  std::memcpy(&kernel.storage, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return io::from_kernel(kernel).address;
}

/// `0` is all of IPv4, `:0` all of both; else an address, or a name of this machine's.
base::Result<void> set_host(const std::string& word, const Draft& draft,
                            server::ListenAt& where) {
  if (word == "0" || (word == ":0" && draft.v4_only)) {
    where.endpoint.address = net::Address{};
    return {};
  }
  if (word == ":0" || word == "::") {
    where.endpoint.address.family = net::Family::v6;
    where.both_families = true;
    return {};
  }
  const auto literal = net::parse_address(word);
  const auto address = literal ? literal : address_of(word, draft.v4_only);
  if (!address) {
    return usage(
        "host " + base::printable(word, base::kWord) +
        " is no address and has none; 0 is all of IPv4, :0 all of IPv6 and IPv4");
  }
  where.endpoint.address = *address;
  return {};
}

base::Result<void> set_place(const std::vector<std::string>& words, const Draft& draft,
                             server::ListenAt& where) {
  if (auto set = set_host(words[0], draft, where); !set) return set;
  if (words[1] != "0") {
    const auto port = parse_port(words[1]);
    if (!port) return tl::unexpected(port.error());
    where.endpoint.port = *port;
  }
  if (draft.interface.empty()) return {};
  where.scope = if_nametoindex(draft.interface.c_str());
  if (where.scope != 0) return {};
  return usage("-I " + base::printable(draft.interface, base::kWord) +
               ": no such interface");
}

base::Result<Options> finish(Draft draft, const std::vector<std::string>& words,
                             const Variables& variables) {
  if (words.size() < 3) return usage(std::string(kUsage) + "; see sslserver --help");
  Options& options = draft.options;
  if (auto set = set_place(words, draft, options.where); !set) {
    return tl::unexpected(set.error());
  }
  options.program.assign(words.begin() + 2, words.end());
  if (const auto word = variables.value("MAXCONIP")) {
    const auto limit = parse_number("MAXCONIP", *word, {0, 1'000'000});
    if (!limit) return tl::unexpected(limit.error());
    options.per_client = *limit;
  }
  if (options.chain_lifetime > 0 && options.chain_file.empty()) {
    return usage("--chain-lifetime needs --chain-file");
  }
  if (draft.is_sslhandle) {
    if (options.prefork == 0) options.prefork = options.concurrency;
    options.ends_talkers = Switch::on;
  }
  if (options.client == ClientDemand::named) {
    // The name is to prove something: it must lead back to the client.
    options.names.remote_host = true;
    options.names.confirmed_by_addresses = true;
  }
  return std::move(options);
}

}  // namespace

base::Result<CommandLine> parse_command_line(int argc, char** argv,
                                             const Variables& variables) {
  Draft draft;
  draft.is_sslhandle = argc > 0 && std::string_view(argv[0]).ends_with("sslhandle");
  auto resolver = resolver_from_environment();
  if (!resolver) return tl::unexpected(resolver.error());
  draft.options.resolver = std::move(*resolver);
  OptionReader reader("sslserver", option_table(), Order::before_words,
                      {argv + std::min(argc, 1), argv + argc});
  for (;;) {
    const auto given = reader.next();
    if (!given) return tl::unexpected(given.error());
    if (!*given) break;
    const int letter = (*given)->code;
    const char* const value = (*given)->value;
    if (letter == kShowHelp) return CommandLine{std::nullopt, help()};
    if (letter == kShowVersion)
      return CommandLine{std::nullopt, version_text("sslserver")};
    if (letter == kShowCompletion) {
      auto text = completion_for(value, {syntax(), {}, {"sslhandle"}, small_programs()});
      if (!text) return tl::unexpected(text.error());
      return CommandLine{std::nullopt, std::move(*text)};
    }
    const auto* plain = std::ranges::find(kWithoutArgument, letter, &Letter::letter);
    base::Result<void> done;
    if (letter == 'U') {
      done = set_from_environment(variables, draft.options);
    } else if (plain != kWithoutArgument.end()) {
      plain->apply(draft);
    } else if (letter >= kFirstCode) {
      done = apply_long(letter, value == nullptr ? "" : value, draft.options);
    } else {
      done = apply_argument(letter, value, draft);
    }
    if (!done) return tl::unexpected(done.error());
  }
  auto options = finish(std::move(draft), reader.rest(), variables);
  if (!options) return tl::unexpected(options.error());
  return CommandLine{std::move(*options), ""};
}

}  // namespace cli::sslserver
