#include "src/qmail/tls_hosts.h"

namespace qmail {

using base::Result;

Result<std::optional<MailPolicy>> tls_host_policy(const Control& control,
                                                  const std::string& host) {
  MailPolicy out;
  out.scope = Scope::host;
  const std::string file = "tlshosts/" + host + ".pem";
  const auto named = control.exists(file);
  if (!named) return tl::unexpected(named.error());
  if (*named) {
    out.source = file;
    out.trust_store = control.path(file);
    out.without_tlsa = policy::WithoutTlsa::pkix;
    return std::optional(std::move(out));
  }
  for (const std::string& other :
       {"notlshosts/" + host, std::string("tlshosts/exhaustivelist")}) {
    const auto there = control.exists(other);
    if (!there) return tl::unexpected(there.error());
    if (!*there) continue;
    out.source = other;
    out.without_tlsa = policy::WithoutTlsa::plain;
    return std::optional(std::move(out));
  }
  return std::optional<MailPolicy>();
}

}  // namespace qmail
