#pragma once

#include <chrono>

namespace audit {

/// A signature that ends within this time ends soon: signers make new ones days before,
/// so that one which has two days left was not made anew.
inline constexpr std::chrono::seconds kSignatureSoon = std::chrono::hours(48);

/// A certificate that ends within this time ends soon: somebody may have to act by hand.
inline constexpr std::chrono::seconds kCertificateSoon = std::chrono::hours(24 * 7);

}  // namespace audit
