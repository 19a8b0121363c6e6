#include "cli/resolver_options.h"

#include "cli/settings.h"

namespace cli {

base::Result<void> apply_resolver_option(int code, std::string_view word,
                                         resolver::Config& config) {
  switch (code) {
    case kTrustAnchor:
      config.trust_anchor = word;
      return {};
    case kAutoTrustAnchor:
      config.auto_trust_anchor = word;
      return {};
    case kUnboundConf:
      config.unbound_conf = word;
      return {};
    case kForward: {
      auto forwarding = resolver::with_forward(config, word);
      if (!forwarding) return tl::unexpected(forwarding.error().in("--forward"));
      config = std::move(*forwarding);
      return {};
    }
    default: {
      const auto span = parse_span("--dns-timeout", word);
      if (!span) return tl::unexpected(span.error());
      config.deadline = *span;
      return {};
    }
  }
}

}  // namespace cli
