#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "src/rrset/record_set.h"
#include "src/rrset/rule.h"

namespace rrset {

/// The longest TTL of TLSA records that nobody is warned of. An hour or less is what to
/// publish; zones with a day everywhere are common, and cost their owner two days at a
/// change of key and no more (RFC 7671 8.1).
inline constexpr std::chrono::seconds kLongestTtl = std::chrono::hours(24);

/// Something that is wrong with a set.
struct Fault {
  Rule rule;
  /// Index of the record among those given; of the first one that a fault of the set is
  /// about.
  std::size_t record = 0;
  std::optional<std::size_t> server;  ///< index of the server, where only that is meant
  std::optional<std::size_t> twin;    ///< index of the record that it is equal to
  std::string fact;                   ///< what the title does not say; may be empty
  [[nodiscard]] bool operator==(const Fault&) const = default;
};

/// What is wrong with a set, from what is known of it; without a judgement of
/// `Rule::mismatch`, which is that of a peer on all records together (verify/check.h).
[[nodiscard]] std::vector<Fault> faults(const RecordSet& set);

/// A fault in one line for people: title, fact and RFC, without its word.
[[nodiscard]] std::string in_words(const Fault& fault);

}  // namespace rrset
