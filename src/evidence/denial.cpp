#include "src/evidence/denial.h"

#include "resolver/type.h"
#include "src/evidence/signed_set.h"

namespace evidence {

bool lacks_type(const TypeBitmap& types, const DeniedQuestion& question) {
  constexpr auto kCname = static_cast<std::uint16_t>(resolver::Type::cname);
  constexpr auto kDs = static_cast<std::uint16_t>(resolver::Type::ds);
  if (types.has(question.type) || types.has(kCname)) return false;
  if (question.type != kDs) return !types.is_cut();
  // The root has no parent; its own apex is all that could speak of its DS.
  return question.name.count() == 0 || !types.has(kSoa);
}

}  // namespace evidence
