#include "cli/dane/resolving.h"

#include "cli/settings.h"

namespace cli::dane {

std::vector<Option> with_resolver_options(std::vector<Option> options) {
  for (const char* name :
       {"trust-anchor", "auto-trust-anchor", "forward", "unbound-conf", "dns-timeout"}) {
    options.push_back({name, true});
  }
  return options;
}

base::Result<resolver::Config> resolver_of(const Arguments& arguments) {
  auto config = resolver_from_environment();
  if (!config) return config;
  if (auto file = arguments.value("trust-anchor")) config->trust_anchor = *file;
  if (auto file = arguments.value("auto-trust-anchor")) config->auto_trust_anchor = *file;
  if (auto file = arguments.value("unbound-conf")) config->unbound_conf = *file;
  if (const auto words = arguments.value("forward")) {
    auto forwarding = resolver::with_forward(*config, *words);
    if (!forwarding) return tl::unexpected(forwarding.error().in("--forward"));
    config = std::move(*forwarding);
  }
  if (const auto word = arguments.value("dns-timeout")) {
    const auto span = parse_span("--dns-timeout", *word);
    if (!span) return tl::unexpected(span.error());
    config->deadline = *span;
  }
  return config;
}

}  // namespace cli::dane
