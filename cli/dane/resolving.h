#pragma once

#include <asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "cli/dane/command.h"
#include "resolver/config.h"
#include "src/io/loop.h"

namespace cli::dane {

/// These options and those that say how to resolve.
[[nodiscard]] std::vector<Option> with_resolver_options(std::vector<Option> options);

/// What they say, on top of the environment. Error kind `usage`.
[[nodiscard]] base::Result<resolver::Config> resolver_of(const Arguments& arguments);

/// The lines about them for --help.
inline constexpr const char* kResolverHelp =
    "  --trust-anchor F       DS or DNSKEY records; default: Debian's dns-root-data\n"
    "  --auto-trust-anchor F  the same, kept up to date (RFC 5011)\n"
    "  --forward WORDS        resolv.conf, recursion, or addresses of resolvers\n"
    "  --unbound-conf F       settings in the syntax of unbound.conf\n"
    "  --dns-timeout N        seconds for one look-up (10)\n";

/// Runs a task to its end on its loop. Questions that nobody waits for any more may still
/// be in flight then. Rethrows what it throws.
template <typename T>
[[nodiscard]] T run_task(io::Loop& loop, io::Task<T> task) {
  std::optional<T> out;
  asio::co_spawn(loop, std::move(task), [&](const std::exception_ptr& error, T value) {
    loop.stop();
    if (error) std::rethrow_exception(error);
    out.emplace(std::move(value));
  });
  loop.run();
  return std::move(*out);
}

}  // namespace cli::dane
