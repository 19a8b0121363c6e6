#include "src/base/fold.h"

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "src/base/bytes.h"

namespace base {
namespace {

struct Free {
  void operator()(std::uint8_t* text) const { std::free(text); }
};

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// Joiners, soft hyphens, variation selectors and other marks without a shape (RFC 4518
// 2.2).
bool shows_nothing(ucs4_t point) {
  return point == 0xAD || point == 0x34F || point == 0x6DD || point == 0x70F ||
         point == 0x1806 || (point >= 0x180B && point <= 0x180E) ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x206F) || (point >= 0xFE00 && point <= 0xFE0F) ||
         point == 0xFEFF || (point >= 0xFFF9 && point <= 0xFFFC) ||
         (point >= 0xE0000 && point <= 0xE0FFF);
}

bool is_space(ucs4_t point) {
  return point == ' ' || (point >= 0x09 && point <= 0x0D) || point == 0x85 ||
         point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) ||
         point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F ||
         point == 0x3000;
}

std::string fold_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (!is_space(static_cast<unsigned char>(c))) {
      out += lower(c);
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// Spaces of all kinds become ASCII ones.
std::string mapped(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    ucs4_t point = 0;
    const int size = u8_mbtouc(&point, octets(utf8), utf8.size());
    const auto taken = utf8.substr(0, static_cast<std::size_t>(size));
    if (is_space(point)) {
      out += ' ';
    } else if (!shows_nothing(point)) {
      out += taken;
    }
    utf8.remove_prefix(taken.size());
  }
  return out;
}

}  // namespace

std::optional<std::string> fold(std::string_view utf8) {
  if (is_ascii(utf8)) return fold_ascii(utf8);
  if (u8_check(octets(utf8), utf8.size()) != nullptr) return std::nullopt;
  const std::string text = mapped(utf8);
  std::size_t size = 0;
  const std::unique_ptr<std::uint8_t, Free> folded(
      u8_casefold(octets(text), text.size(), nullptr, UNINORM_NFKC, nullptr, &size));
  if (!folded) return std::nullopt;
  return fold_ascii(mapped({reinterpret_cast<const char*>(folded.get()), size}));
}

}  // namespace base
