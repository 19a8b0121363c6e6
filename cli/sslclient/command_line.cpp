#include "cli/sslclient/command_line.h"

#include <net/if.h>

#include <algorithm>

#include "cli/library_environment.h"
#include "cli/options/completion.h"
#include "cli/pins.h"
#include "cli/settings.h"
#include "cli/sslclient/help.h"
#include "cli/sslclient/letters.h"
#include "cli/sslclient/long_options.h"
#include "cli/sslclient/option_table.h"
#include "cli/version.h"

namespace cli::sslclient {
namespace {

using base::Code;
using base::ErrorKind;

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(ErrorKind::usage, Code::usage, std::move(what));
}

base::Result<Options> defaults() {
  Options out;
  auto resolver = resolver_from_environment();
  if (!resolver) return tl::unexpected(resolver.error());
  out.resolver = std::move(*resolver);
  out.ca_file = environment_value("CAFILE").value_or("");
  out.ca_directory = environment_value("CADIR").value_or("");
  out.demand.max_intermediates_pkix = 1;  // -V of ucspi-ssl
  return out;
}

base::Result<void> apply(int letter, const char* argument, Draft& draft) {
  if (letter >= kFirstCode) return apply_long_option(letter, argument, draft);
  if (apply_letter(letter, draft.options)) return {};
  return apply_argument(letter, argument, draft);
}

base::Result<void> set_target(const std::vector<std::string>& words, Options& options) {
  if (words.size() < 3) return usage(std::string(kUsage));
  auto host = client::parse_host(words[0]);
  if (!host) return tl::unexpected(host.error());
  auto port = parse_port(words[1]);
  if (!port) return tl::unexpected(port.error());
  options.target.host = std::move(*host);
  options.target.port = *port;
  options.host_word = words[0];
  options.program.assign(words.begin() + 2, words.end());
  return {};
}

base::Result<void> set_scope(const std::string& interface, Options& options) {
  if (interface.empty()) return {};
  const unsigned scope = if_nametoindex(interface.c_str());
  if (scope == 0) {
    return usage("-I " + base::printable(interface, base::kWord) + ": no such interface");
  }
  if (options.source.address) options.source.address->scope = scope;
  if (auto* address = std::get_if<net::Address>(&options.target.host)) {
    address->scope = scope;
  }
  return {};
}

/// What was not open at the start may soon be the connection to the peer.
base::Result<void> check_json(const Options& options) {
  if (!options.json) return {};
  const JsonTarget& target = options.json->target;
  if (options.key_password_on_3 == Switch::on && target.descriptor == 3) {
    return usage("--json 3: descriptor 3 has the key's password (-3)");
  }
  return expect_open(target);
}

/// What levels and services follow from the whole line: -X wins over all, a trust store
/// is what `dane` falls back to, STARTTLS for mail has RFC 7672's profile.
void settle_policy(Draft& draft) {
  Options& options = draft.options;
  policy::Demand& demand = options.demand;
  const bool has_store = !options.ca_file.empty() || !options.ca_directory.empty();
  const bool stays_none =
      draft.level_given == Switch::on && demand.level == policy::Level::none;
  if (options.verify_peer == Switch::off && !stays_none) {
    demand.level = policy::Level::encrypt;
  }
  demand.without_tlsa =
      has_store ? policy::WithoutTlsa::pkix : policy::WithoutTlsa::refuse;
  const bool smtp = options.starttls == starttls::Protocol::smtp;
  demand.service = smtp ? policy::Service::smtp : policy::Service::other;
}

base::Result<void> settle_chain(Draft& draft) {
  if (draft.wants_chain == Switch::off) {
    if (!draft.chain_pins) return {};
    return usage("--chain-pins needs --chain-extension");
  }
  if (draft.chain_pins && draft.chain_pins->empty())
    return usage("--chain-pins: no file");
  auto settings = chain_settings(draft.options, draft.chain_pins.value_or(""));
  if (!settings) return tl::unexpected(settings.error());
  draft.options.chain = std::move(*settings);
  return {};
}

base::Result<Options> finish(Draft draft, const std::vector<std::string>& words) {
  Options& options = draft.options;
  if (auto set = set_target(words, options); !set) return tl::unexpected(set.error());
  if (auto set = set_scope(draft.interface, options); !set) {
    return tl::unexpected(set.error());
  }
  if (options.delayed_tls == Switch::on && options.starttls) {
    return usage("-y leaves the time of TLS to the program, --starttls does not");
  }
  if (options.delayed_tls == Switch::on && options.evidence) {
    return usage(
        "--evidence is of a peer that is proved before the program runs: not -y");
  }
  if (auto open = check_json(options); !open) return tl::unexpected(open.error());
  settle_policy(draft);
  if (auto good = settle_chain(draft); !good) return tl::unexpected(good.error());
  if (auto good = check_pins(options.demand); !good) return tl::unexpected(good.error());
  return std::move(options);
}

}  // namespace

base::Result<CommandLine> parse_command_line(int argc, char** argv) {
  auto start = defaults();
  if (!start) return tl::unexpected(start.error());
  Draft draft;
  draft.options = std::move(*start);
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  OptionReader reader("sslclient", option_table(), Order::before_words, words);
  for (;;) {
    const auto given = reader.next();
    if (!given) return tl::unexpected(given.error());
    if (!*given) break;
    const int code = (*given)->code;
    const char* const value = (*given)->value;
    if (code == kShowHelp) return CommandLine{std::nullopt, help()};
    if (code == kShowVersion) return CommandLine{std::nullopt, version_text("sslclient")};
    if (code == kShowCompletion) {
      auto text = completion_for(value, {syntax(), {}, {}, small_programs()});
      if (!text) return tl::unexpected(text.error());
      return CommandLine{std::nullopt, std::move(*text)};
    }
    // It has taken effect before the libraries looked, if at all: see
    // library_environment.h.
    if (code == kWholeEnvironment && words.front() != kLibraryEnvironment) {
      return usage(std::string(kLibraryEnvironment) + " must be the first word");
    }
    if (auto done = apply(code, value, draft); !done) return tl::unexpected(done.error());
  }
  auto options = finish(std::move(draft), reader.rest());
  if (!options) return tl::unexpected(options.error());
  return CommandLine{std::move(*options), ""};
}

}  // namespace cli::sslclient
