#include "src/qmail/circumstances.h"

namespace qmail {

Circumstances circumstances_for(const Route& route, const MailPolicy& policy) {
  const bool insecure =
      !route.literal && !policy.pinned && route.hosts.security != dns::Security::secure;
  return {policy.source, insecure};
}

std::string proof_text(const client::Seen& seen, const Circumstances& circumstances) {
  // An exception that the user made is in the log whenever it is used (RFC 7672 9.1).
  const std::string by =
      circumstances.policy.empty() ? "" : " (" + circumstances.policy + ")";
  if (!seen.has_tls()) return "Plain" + by;
  std::string out;
  switch (seen.verdict ? seen.verdict->outcome : verify::Outcome::unauthenticated) {
    case verify::Outcome::dane:
    case verify::Outcome::dane_and_pkix:
      out = "Verified: " + seen.verdict->detail;
      // RFC 7672 2.2.1: this must not look like a secure delivery to the domain.
      if (circumstances.insecure_mx) out += ", behind an MX record without DNSSEC";
      break;
    case verify::Outcome::pkix:
      out = "Trusted: " + seen.verdict->detail;
      break;
    default:
      out = "Untrusted";
  }
  return out + ", " + seen.session->protocol + " " + seen.session->cipher + by;
}

}  // namespace qmail
