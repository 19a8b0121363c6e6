#pragma once

#include <string>

#include "src/evidence/bundle.h"

namespace cli::dane {

/// Whether the verdict of a bundle says of somebody that his records and his servers do
/// not fit. Such a verdict is worth less than a good one (docs/evidence.md).
[[nodiscard]] bool is_accusation(const evidence::Bundle& bundle);

/// Whether what an accusation was asked again for is the same as before: records that
/// change around a handshake accuse nobody. Code `bad_evidence`.
[[nodiscard]] base::Result<void> expect_unchanged(const evidence::Bundle& bundle);

/// What of an accusation nobody has signed, in lines for people; empty for other
/// verdicts.
[[nodiscard]] std::string what_is_claimed(const evidence::Bundle& bundle);

}  // namespace cli::dane
