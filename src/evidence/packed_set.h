#pragma once

#include <optional>

#include "src/base/bytes.h"

namespace evidence {

/// A set with the name of its owner once: each record has it, and so have signatures, as
/// the signer's. That is a fifth of the octets.
[[nodiscard]] base::Bytes pack_set(base::ByteView set);

/// The set that was packed; nothing if there was none, or it is longer than `most`.
[[nodiscard]] std::optional<base::Bytes> unpack_set(base::ByteView packed,
                                                    std::size_t most);

}  // namespace evidence
