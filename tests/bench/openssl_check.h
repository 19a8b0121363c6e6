#pragma once

#include "src/base/tlsa.h"
#include "verify/chain.h"

namespace bench {

/// What OpenSSL says of a peer: the chain read from DER, one TLSA record, names as RFC
/// 7671 has them, X509_verify_cert at support::kNow. Whether the peer is believed.
[[nodiscard]] bool openssl_check(const verify::Certificates& chain,
                                 const dns::Tlsa& record);

}  // namespace bench
