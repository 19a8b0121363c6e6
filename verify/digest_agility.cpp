#include "verify/digest_agility.h"

#include <algorithm>
#include <map>
#include <utility>

namespace verify {
namespace {

int strength(dns::Matching matching) {
  const auto* row = dns::meaning(matching);
  return row == nullptr ? 0 : row->strength;
}

}  // namespace

std::vector<std::size_t> strongest_digests(std::span<const dns::Tlsa> records,
                                           std::span<const std::size_t> usable) {
  std::map<std::pair<dns::Usage, dns::Selector>, int> strongest;
  for (const std::size_t index : usable) {
    const auto& record = records[index];
    auto& best = strongest[{record.usage, record.selector}];
    best = std::max(best, strength(record.matching));
  }
  std::vector<std::size_t> kept;
  for (const std::size_t index : usable) {
    const auto& record = records[index];
    const int best = strongest[{record.usage, record.selector}];
    const bool is_best = strength(record.matching) == best;
    if (is_best || !dns::is_digest(record.matching)) kept.push_back(index);
  }
  return kept;
}

}  // namespace verify
