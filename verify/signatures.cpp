#include "verify/signatures.h"

namespace verify {
namespace {

/// What GnuTLS looks at before the signature: key usage, and TLS features that an issuer
/// asks for (RFC 7633). Where there is none, `constraint` is about the key itself.
bool limits_what_it_signs(const Extensions& issuer) {
  return issuer.tls_features ||
         (issuer.key_usage && (*issuer.key_usage & kKeyCertSign) == 0);
}

Reason check_signature(Link& link, Link& issuer) {
  auto* certificate = link.handle();
  auto* signer = issuer.signer();
  if (certificate == nullptr || signer == nullptr) return Reason::no_path;
  const Reason found = x509::judge(certificate, signer);
  if (found != Reason::constraint) return found;
  const bool signature = !limits_what_it_signs(issuer.extensions) ||
                         !x509::can_have_signed(certificate, signer);
  return signature ? Reason::bad_signature : found;
}

}  // namespace

Reason check_signatures(std::span<Link* const> path) {
  for (std::size_t depth = path.size() - 1; depth > 0; --depth) {
    const Reason found = check_signature(*path[depth - 1], *path[depth]);
    if (found != Reason::none) return found;
  }
  return Reason::none;
}

bool has_unknown_algorithm(std::span<Link* const> path) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    const bool is_signed = depth + 1 < path.size();
    if (is_signed && !x509::knows_signature_of(path[depth]->handle())) return true;
    auto* keeper = depth > 0 ? path[depth]->signer() : path[depth]->handle();
    if (!x509::knows_key_of(keeper)) return true;
  }
  return false;
}

}  // namespace verify
