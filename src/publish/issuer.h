#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "src/base/policy.h"
#include "verify/chain.h"

namespace publish {

/// Whether `issuer` (DER) issued `subject` (DER): the name of the issuer and its
/// signature, by the judgement that a peer makes of a path of these two. A certificate
/// never issued itself.
[[nodiscard]] bool issued(const base::Bytes& issuer, const base::Bytes& subject);

/// Whether a certificate (DER) says that it may sign others (RFC 5280 4.2.1.9); one
/// without extensions (version 1) may if it is self-issued.
[[nodiscard]] bool may_issue(const base::Bytes& certificate);

/// An error unless `chain[0]` can be what a server shows first (RFC 8446 4.4.2): it
/// issued none of the others. Kind `usage`, code `leaf_not_first`.
[[nodiscard]] base::Result<void> check_leaf_first(const verify::Certificates& chain);

/// The index of the certificate that issued `chain[0]`, in whatever order the others
/// stand: a record with usage 0 or 2 of any other would prove nothing (RFC 7671 5.2).
/// Error kind `usage`, codes `leaf_not_first` and `no_issuer`, with the reason.
[[nodiscard]] base::Result<std::size_t> find_issuer(const verify::Certificates& chain);

/// Why a peer that holds this record alone would refuse the chain of this host at that
/// moment, in words; nothing if it would not.
[[nodiscard]] std::optional<std::string> why_refused(const verify::Certificates& chain,
                                                     const dns::Tlsa& record,
                                                     const dns::Name& host,
                                                     std::chrono::sys_seconds moment);

}  // namespace publish
