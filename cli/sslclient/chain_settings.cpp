// What does not go with the extension is refused rather than left out, since whoever asks
// for it would take the rest for granted. Mail between servers has none (RFC 9102 1.1):
// without the DNS nobody knows that STARTTLS was not taken away, and with it the records
// come along.
#include "cli/sslclient/chain_settings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/sslclient/options.h"
#include "src/tls/priorities.h"

namespace cli::sslclient {
namespace {

constexpr std::uint16_t kSmtp = 25;

tl::unexpected<base::Error> usage(std::string_view what) {
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    "--chain-extension " + std::string(what));
}

/// The server's name; null where only an address is known.
const dns::Name* name_in(const Options& options) {
  if (const auto* name = std::get_if<dns::Name>(&options.target.host)) return name;
  if (options.demand.names.empty()) return nullptr;
  return std::get_if<dns::Name>(&options.demand.names.front());
}

}  // namespace

base::Result<ChainSettings> chain_settings(const Options& options, std::string pins) {
  const bool says_name =
      !options.server_name && options.send_server_name == client::ServerName::always;
  const bool has_anchors = options.resolver.unbound_conf.empty() ||
                           !options.resolver.trust_anchor.empty() ||
                           !options.resolver.auto_trust_anchor.empty();
  const std::string& ciphers = options.tls.priorities;
  const std::array<std::pair<bool, std::string_view>, 8> objections = {{
      {options.starttls || options.target.port == kSmtp,
       "is for TLS from the first octet: not --starttls, not port 25"},
      {options.delayed_tls == Switch::on, "does not go with -y"},
      {options.evidence.has_value(), "has no answers of the DNS for --evidence to keep"},
      {!options.demand.pins.empty(), "has nothing to ask for beside --record"},
      {options.verify_peer == Switch::off || !policy::wants_tlsa(options.demand.level),
       "is for a policy by TLSA records"},
      {!says_name, "sends the name that is proved: not -M, not --sni"},
      {!ciphers.empty() && !tls::allow_tls12(ciphers), "needs TLS 1.2, which -C forbids"},
      {!has_anchors,
       "needs --trust-anchor: the keys of the root that unbound.conf names are "
       "libunbound's alone"},
  }};
  for (const auto& [is_so, why] : objections) {
    if (is_so) return usage(why);
  }
  const dns::Name* name = name_in(options);
  if (name == nullptr) return usage("needs the server's name: --name NAME");
  if (!name->tlsa_owner(options.target.port, "tcp")) {
    return usage("needs a name that can have TLSA records");
  }
  const resolver::Config& resolver = options.resolver;
  return ChainSettings{
      *name,
      resolver.trust_anchor.empty() ? resolver.auto_trust_anchor : resolver.trust_anchor,
      std::move(pins)};
}

}  // namespace cli::sslclient
