#include "src/evidence/set_references.h"

#include <algorithm>
#include <functional>

namespace evidence {
namespace {

/// Marks the sets of answers; whether all of them are there, each section in order.
bool mark(const std::vector<Answer>& answers, std::vector<bool>& used) {
  for (const Answer& answer : answers) {
    for (const auto* section : {&answer.answer, &answer.authority}) {
      if (!std::ranges::is_sorted(*section)) return false;
      if (!section->empty() && section->back() >= used.size()) return false;
      for (const std::size_t set : *section) used[set] = true;
    }
  }
  return true;
}

}  // namespace

std::optional<ReferenceFault> reference_fault(const DnsEvidence& dns) {
  if (std::ranges::adjacent_find(dns.sets, std::greater_equal<>()) != dns.sets.end()) {
    return ReferenceFault::out_of_order;
  }
  std::vector<bool> used(dns.sets.size());
  bool good = mark(dns.answers, used);
  for (const AskedAgain& again : dns.again) good = good && mark(again.answers, used);
  if (!good) return ReferenceFault::not_there;
  const bool all = std::ranges::find(used, false) == used.end();
  return all ? std::nullopt : std::optional(ReferenceFault::unused);
}

}  // namespace evidence
