#pragma once

#include "src/base/bytes.h"

namespace evidence {

/// Whether RDATA of a type is in the canonical form of RFC 4034 6.2: its names whole and
/// in lower case, of the types that are listed there, and nothing behind them where
/// nothing belongs. NSEC's next name stays as it is (RFC 6840 5.1). RDATA of other types
/// has no form that matters here.
[[nodiscard]] bool is_canonical_rdata(std::uint16_t type, base::ByteView rdata);

}  // namespace evidence
