#pragma once

#include "cli/dane/command.h"
#include "resolver/config.h"

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
    "  --dns-timeout N        seconds for one look-up (10; 1.5 is possible)\n";

}  // namespace cli::dane
