#include "src/base/bidi.h"

#include <unictype.h>
#include <unistr.h>

#include <cstdint>

namespace dns {
namespace {

/// A set of bidi classes of characters, a bit for each.
using Classes = std::uint32_t;

constexpr Classes one(int bidi_class) { return Classes{1} << bidi_class; }

constexpr Classes kRightToLeft = one(UC_BIDI_R) | one(UC_BIDI_AL);
constexpr Classes kArabicNumber = one(UC_BIDI_AN);
constexpr Classes kEuropeanNumber = one(UC_BIDI_EN);
constexpr Classes kMark = one(UC_BIDI_NSM);
constexpr Classes kNeutral = one(UC_BIDI_ES) | one(UC_BIDI_CS) | one(UC_BIDI_ET) |
                             one(UC_BIDI_ON) | one(UC_BIDI_BN) | kMark;

/// The classes in a label: of its first character, of its last that is no mark, of all.
struct Label {
  Classes first = 0;
  Classes last = 0;
  Classes all = 0;
};

Label classes_of(std::string_view text) {
  Label out;
  while (!text.empty()) {
    ucs4_t point = 0;
    const int octets = u8_mbtouc(
        &point, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const Classes its = one(uc_bidi_category(point));
    if (out.first == 0) out.first = its;
    if (its != kMark) out.last = its;
    out.all |= its;
    text.remove_prefix(static_cast<std::size_t>(octets));
  }
  return out;
}

/// Whether a set has nothing that is not in the other.
bool within(Classes set, Classes other) { return (set & ~other) == 0; }

}  // namespace

bool satisfies_bidi_rule(std::string_view u_label) {
  const Label label = classes_of(u_label);
  constexpr Classes kNumbers = kArabicNumber | kEuropeanNumber;
  if ((label.all & (kRightToLeft | kArabicNumber)) == 0) return true;
  return within(label.first, kRightToLeft) &&                      // 1
         within(label.all, kRightToLeft | kNumbers | kNeutral) &&  // 2
         within(label.last, kRightToLeft | kNumbers) &&            // 3
         (label.all & kNumbers) != kNumbers;                       // 4
}

}  // namespace dns
