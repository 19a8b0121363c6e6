#include "src/base/misleading.h"

#include <unictype.h>
#include <unistr.h>

#include <cstdint>

namespace base {

bool misleads(std::string_view sequence) {
  ucs4_t point = 0;
  u8_mbtouc(&point, reinterpret_cast<const std::uint8_t*>(sequence.data()),
            sequence.size());
  constexpr std::uint32_t kCategories = UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                        UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp;
  return uc_is_general_category_withtable(point, kCategories) ||
         uc_is_property_default_ignorable_code_point(point) ||
         uc_is_property_bidi_control(point);
}

}  // namespace base
