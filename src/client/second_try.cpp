// When a connection that failed is followed by another one, and what that may leave out.
//
// A second connection is where an attacker would like to be: whoever can break the first
// one chooses that there is a second. So each step down is a named function of
// src/base/policy, and this file says when it may be taken.
//
// Key usage. GnuTLS breaks a handshake off when the key of the leaf must not be used as
// the cipher suite uses it (RFC 5280 4.2.1.3). DANE-EE binds the key alone and looks at
// nothing else in the certificate (RFC 7671 5.1), so such a peer is proved all the same,
// but by a DANE-EE record only: the other usages stand on the certificate. The second
// handshake leaves key usage to verify.
//
// Clear text. Mail goes to hosts without TLSA records by opportunistic TLS (RFC 7435, RFC
// 7672 2.2): a handshake that breaks off must not keep back what clear text would have
// brought. Where TLS is required there is no such try, and none after a session that
// came about: TLS works there, and what failed behind it is no reason to do without.
#include "src/client/second_try.h"

#include <algorithm>
#include <vector>

#include "verify/tlsa_usable.h"

namespace client {

std::optional<policy::Requirement> despite_key_usage(policy::Requirement requirement) {
  std::vector<dns::Tlsa> usable;
  for (const dns::Tlsa& record : requirement.records) {
    if (!verify::unusable(record, requirement.service, verify::TrustStore::none)) {
      usable.push_back(record);
    }
  }
  return policy::by_dane_ee_alone(std::move(requirement), usable);
}

std::optional<policy::Requirement> next_try(const policy::Requirement& requirement,
                                            const base::Error& error, Progress progress,
                                            const SecondTries& allowed) {
  if (error.code == base::Code::key_usage && !requirement.only_dane_ee &&
      allowed.key_usage == DespiteKeyUsage::try_again) {
    if (auto second = despite_key_usage(requirement)) return second;
  }
  const bool may_be_clear =
      allowed.clear_text == ClearTextAfterFailure::if_tls_is_optional &&
      requirement.tls == policy::Tls::optional && progress == Progress::tls_begun;
  if (may_be_clear) return policy::in_clear_text(requirement);
  return std::nullopt;
}

}  // namespace client
