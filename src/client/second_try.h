#pragma once

#include <optional>

#include "src/base/error.h"
#include "src/base/policy.h"

namespace client {

/// What is required of a peer on a second connection that leaves key usage to DANE, after
/// GnuTLS refused the first for it: the same where nobody has to be proved, else the same
/// by DANE-EE alone, which looks at no key usage (RFC 7671 5.1). Nothing if no usable
/// record is one.
[[nodiscard]] std::optional<policy::Requirement> despite_key_usage(
    policy::Requirement requirement);

/// Whether a handshake that failed may be answered by clear text on another connection.
enum class ClearTextAfterFailure {
  never,
  if_tls_is_optional,  ///< mail between servers (RFC 7672 2.2)
};

/// Whether a handshake that failed by key usage is tried again without it.
enum class DespiteKeyUsage { try_again, never };

/// Which second tries may be made.
struct SecondTries {
  DespiteKeyUsage key_usage = DespiteKeyUsage::try_again;
  ClearTextAfterFailure clear_text = ClearTextAfterFailure::never;
};

/// How far a connection came, in the order of its steps.
enum class Progress {
  nothing,      ///< not even TCP
  connected,    ///< the peer can be spoken to, in clear text
  tls_begun,    ///< a handshake was begun, and so may be what failed
  established,  ///< a TLS session that the judgement let pass
};

/// What is required on the next connection to a peer after one that failed; nothing where
/// there is to be none. Each kind of second try is made once: the requirement that it
/// gives does not lead to it again.
[[nodiscard]] std::optional<policy::Requirement> next_try(
    const policy::Requirement& requirement, const base::Error& error, Progress progress,
    const SecondTries& allowed);

}  // namespace client
