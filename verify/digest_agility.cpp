#include "verify/digest_agility.h"

#include <algorithm>
#include <map>
#include <utility>

namespace verify {

std::vector<std::size_t> strongest_digests(std::span<const dns::Tlsa> records,
                                           std::span<const std::size_t> usable) {
  // The numbers of matching types happen to grow with strength (RFC 7218 2.3).
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::uint8_t> strongest;
  for (const std::size_t index : usable) {
    const auto& record = records[index];
    auto& best = strongest[{record.usage, record.selector}];
    best = std::max(best, record.matching);
  }
  std::vector<std::size_t> kept;
  for (const std::size_t index : usable) {
    const auto& record = records[index];
    const auto best = strongest[{record.usage, record.selector}];
    if (record.matching == dns::kFull || record.matching == best) kept.push_back(index);
  }
  return kept;
}

}  // namespace verify
