#include "src/audit/judgement.h"

#include <algorithm>

namespace audit {

std::string_view to_text(Grade grade) {
  switch (grade) {
    case Grade::enforced:
      return "enforced";
    case Grade::not_deployed:
      return "not-deployed";
    case Grade::partial:
      return "partial";
    case Grade::undecided:
      return "undecided";
    case Grade::broken:
      return "broken";
    case Grade::bad_input:
      return "bad-input";
  }
  return "?";
}

std::optional<Grade> grade_from_text(std::string_view word) {
  for (std::size_t i = 0; i < kGrades; ++i) {
    const auto grade = static_cast<Grade>(i);
    if (to_text(grade) == word) return grade;
  }
  return std::nullopt;
}

bool is_all_proved(const HostAccess& host) {
  return host.access == Access::proved &&
         std::ranges::all_of(host.addresses, [](const AddressAccess& address) {
           return address.access == Access::proved;
         });
}

std::string_view to_text(Access access) {
  switch (access) {
    case Access::proved:
      return "proved";
    case Access::encrypted:
      return "encrypted";
    case Access::open:
      return "open";
    case Access::refused:
      return "refused";
    case Access::unknown:
      return "unknown";
  }
  return "?";
}

}  // namespace audit
