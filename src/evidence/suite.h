#pragma once

#include <cstdint>
#include <optional>

namespace evidence {

/// How a suite of TLS 1.2 exchanges keys, as far as the server signs its share of it with
/// the key of its certificate (RFC 5246 7.4.3, RFC 8422 5.4).
enum class Exchange { not_signed, dhe, ecdhe };

/// The exchange of the suite of this number (RFC 5246 A.5); `not_signed` for others too.
[[nodiscard]] Exchange exchange_in(std::uint16_t suite);

/// The hash of a handshake's messages.
enum class TranscriptHash { sha256, sha384 };

/// The hash of a suite of TLS 1.3 (RFC 8446 B.4); nothing for other numbers.
[[nodiscard]] std::optional<TranscriptHash> hash_in(std::uint16_t suite);

}  // namespace evidence
