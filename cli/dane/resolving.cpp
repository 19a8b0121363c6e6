#include "cli/dane/resolving.h"

#include "cli/options/resolver_options.h"
#include "cli/settings.h"

namespace cli::dane {
std::vector<Option> with_resolver_options(std::vector<Option> options) {
  const auto resolving = resolver_options();
  options.insert(options.end(), resolving.begin(), resolving.end());
  return options;
}

base::Result<resolver::Config> resolver_of(const Arguments& arguments) {
  auto config = resolver_from_environment();
  if (!config) return config;
  for (const Option& option : resolver_options()) {
    const auto word = arguments.value(option.name);
    if (!word) continue;
    if (auto done = apply_resolver_option(option.code, *word, *config); !done) {
      return tl::unexpected(done.error());
    }
  }
  return config;
}

}  // namespace cli::dane
