#include "cli/options/resolver_options.h"

#include <vector>

#include "cli/settings.h"

namespace cli {

std::span<const Option> resolver_options() {
  static const std::vector<Option> kOptions = {
      {.name = "trust-anchor",
       .value = {"FILE", WordKind::file},
       .help = "DS or DNSKEY records of the DNSSEC trust anchor (Debian's root key)",
       .section = "Resolving",
       .code = kTrustAnchor},
      {.name = "auto-trust-anchor",
       .value = {"FILE", WordKind::file},
       .help = "a trust anchor that is kept up to date (RFC 5011)",
       .code = kAutoTrustAnchor},
      {.name = "forward",
       .value = {"WHERE", WordKind::text, {"resolv.conf", "recursion"}},
       .help = "whom to ask: resolv.conf, recursion, or addresses of resolvers with "
               "commas between",
       .code = kForward},
      {.name = "unbound-conf",
       .value = {"FILE", WordKind::file},
       .help = "settings in the syntax of unbound.conf",
       .code = kUnboundConf},
      {.name = "dns-timeout",
       .value = {"N"},
       .help = "seconds for one look-up (10); 1.5 is possible",
       .code = kDnsTimeout}};
  return kOptions;
}

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
