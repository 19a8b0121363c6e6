#include "cli/dane/resolving.h"

#include <array>
#include <utility>

#include "cli/resolver_options.h"
#include "cli/settings.h"

namespace cli::dane {
namespace {

constexpr std::array<std::pair<const char*, ResolverOption>, 5> kOptions = {
    {{"trust-anchor", kTrustAnchor},
     {"auto-trust-anchor", kAutoTrustAnchor},
     {"forward", kForward},
     {"unbound-conf", kUnboundConf},
     {"dns-timeout", kDnsTimeout}}};

}  // namespace

std::vector<Option> with_resolver_options(std::vector<Option> options) {
  for (const auto& [name, code] : kOptions) options.push_back({name, true});
  return options;
}

base::Result<resolver::Config> resolver_of(const Arguments& arguments) {
  auto config = resolver_from_environment();
  if (!config) return config;
  for (const auto& [name, code] : kOptions) {
    const auto word = arguments.value(name);
    if (!word) continue;
    if (auto done = apply_resolver_option(code, *word, *config); !done) {
      return tl::unexpected(done.error());
    }
  }
  return config;
}

}  // namespace cli::dane
