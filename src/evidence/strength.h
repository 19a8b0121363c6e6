#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "src/evidence/second_validator.h"

namespace evidence {

/// What signatures prove by themselves, P0 of docs/evidence-format.md: that each was
/// right at some time in a window.
struct SignedWindow {
  std::chrono::sys_seconds from;   ///< the latest inception
  std::chrono::sys_seconds until;  ///< the earliest expiration
  UsedSignature narrowest;         ///< the one that ends first
  /// The length of the shortest RSA key that was used; nothing where none was.
  std::optional<std::size_t> least_rsa_bits;
  /// Whether a signature (algorithms 5, 7) or a DS record (digest 1) rests on SHA-1, for
  /// which collisions can be bought since 2020. NSEC3's hash is none of that: it hides.
  bool sha1 = false;
};

/// How much a bundle proves. The levels beyond the first are added by whoever checks
/// handshakes and witnesses; none counts without the one before it.
struct Strength {
  std::optional<SignedWindow> p0;  ///< nothing: no state rests on a signature
  /// How many answers were bogus or did not come, which nobody signed.
  std::size_t unproved = 0;
  /// P1: how many peers signed after the answers were there, each that a verdict needs.
  std::optional<std::size_t> peers;
  /// P2: every witness that has stamped it says that it was there before this moment.
  std::optional<std::chrono::sys_seconds> witnessed;
  /// What a time-stamp says that nobody has verified: it counts for nothing.
  std::optional<std::chrono::sys_seconds> claimed;
};

/// The window of all answers of an opinion that are secure or proved insecure.
[[nodiscard]] std::optional<SignedWindow> signed_window(const SecondOpinion& opinion);

/// The level, dates and keys in a line each: what is to be known of every bundle. Only
/// the first where nothing is signed.
[[nodiscard]] std::vector<std::string> summary_of(const Strength& strength);

/// The strength in lines for people, the strongest word never more than what is proved.
[[nodiscard]] std::vector<std::string> words_of(const Strength& strength);

}  // namespace evidence
