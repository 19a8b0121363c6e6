#include "src/audit/judgement.h"

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
