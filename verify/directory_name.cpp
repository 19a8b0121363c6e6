#include "verify/directory_name.h"

#include <algorithm>
#include <tuple>

#include "src/base/fold.h"
#include "verify/der.h"

namespace verify {
namespace {

constexpr std::size_t kMostAttributes = 64;  // of all parts

void append_utf8(std::string& out, std::uint32_t point) {
  const auto add = [&out](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xC0U | point >> 6U);
  } else {
    if (point < 0x10000) {
      add(0xE0U | point >> 12U);
    } else {
      add(0xF0U | (point >> 18U & 0x07U));
      add(0x80U | (point >> 12U & 0x3FU));
    }
    add(0x80U | (point >> 6U & 0x3FU));
  }
  add(0x80U | (point & 0x3FU));
}

/// BMPString and UniversalString, big-endian characters of one width. Surrogates become
/// what is no UTF-8, and so no text.
std::optional<std::string> from_wide(base::ByteView content, std::size_t width) {
  if (content.size() % width != 0) return std::nullopt;
  std::string out;
  for (; !content.empty(); content = content.subspan(width)) {
    std::uint32_t point = 0;
    for (const std::byte octet : content.first(width)) {
      point = point << 8U | std::to_integer<std::uint32_t>(octet);
    }
    if (point > 0x10FFFF) return std::nullopt;
    append_utf8(out, point);
  }
  return out;
}

/// The text of a string type; nothing for other types and for octets whose characters are
/// not certain (TeletexString beyond ASCII).
std::optional<std::string> text_of(const der::Element& value) {
  constexpr std::uint8_t kUniversal = 0x1c, kBmp = 0x1e;
  const auto text = base::as_text(value.content);
  switch (value.tag) {
    case der::kUtf8String:
      return std::string(text);
    case kUniversal:
      return from_wide(value.content, 4);
    case kBmp:
      return from_wide(value.content, 2);
    case 0x12:  // NumericString
    case der::kPrintableString:
    case 0x14:  // TeletexString
    case der::kIa5String:
    case 0x1a:  // VisibleString
      return base::is_ascii(text) ? std::optional(std::string(text)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool is_string(std::uint8_t tag) {
  return tag == der::kUtf8String ||
         (tag >= 0x12 && tag <= 0x1e && tag != 0x17 && tag != 0x18);
}

std::optional<Attribute> read_attribute(base::ByteView content) {
  der::Reader reader(content);
  const auto type = reader.next(der::kOid);
  const auto value = reader.next();
  if (!type || !value || !reader.at_end()) return std::nullopt;
  Attribute out{std::string(base::as_text(type->content)), "", true};
  const auto text = text_of(*value);
  auto folded = text ? base::fold(*text) : std::nullopt;
  out.comparable = folded || !is_string(value->tag);
  out.value = folded ? "=" + *folded : "#" + std::string(base::as_text(value->whole));
  return out;
}

/// At most `room` attributes.
std::optional<std::vector<Attribute>> read_part(base::ByteView content,
                                                std::size_t room) {
  std::vector<Attribute> out;
  der::Reader set(content);
  while (const auto entry = set.next(der::kSequence)) {
    auto attribute = read_attribute(entry->content);
    if (!attribute || out.size() >= room) return std::nullopt;
    out.push_back(std::move(*attribute));
  }
  if (!set.at_end()) return std::nullopt;
  // DER sorts a set by octets, which another type of string changes.
  std::ranges::sort(out, {},
                    [](const Attribute& a) { return std::tie(a.type, a.value); });
  return out;
}

Likeness compare(const std::vector<Attribute>& a, const std::vector<Attribute>& b) {
  if (!std::ranges::equal(a, b, {}, &Attribute::type, &Attribute::type)) {
    return Likeness::different;
  }
  if (std::ranges::equal(a, b, {}, &Attribute::value, &Attribute::value)) {
    return Likeness::same;
  }
  // In a set of several nobody knows which stands for the one that cannot be compared.
  const bool sure = std::ranges::all_of(a, &Attribute::comparable) &&
                    std::ranges::all_of(b, &Attribute::comparable);
  return sure ? Likeness::different : Likeness::unknown;
}

}  // namespace

std::optional<DirectoryName> read_directory_name(base::ByteView name) {
  const auto sequence = der::only(name, der::kSequence);
  if (!sequence) return std::nullopt;
  DirectoryName out;
  std::size_t room = kMostAttributes;
  der::Reader reader(sequence->content);
  while (const auto set = reader.next(der::kSet)) {
    auto part = read_part(set->content, room);
    if (!part || part->empty()) return std::nullopt;
    room -= part->size();
    out.push_back(std::move(*part));
  }
  if (!reader.at_end()) return std::nullopt;
  return out;
}

Likeness begins_with(const DirectoryName& name, const DirectoryName& prefix) {
  if (prefix.size() > name.size()) return Likeness::different;
  auto out = Likeness::same;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    out = std::min(out, compare(name[i], prefix[i]));
    if (out == Likeness::different) return out;
  }
  return out;
}

bool same_name(base::ByteView a, base::ByteView b) {
  if (base::equal(a, b)) return true;
  const auto first = read_directory_name(a), second = read_directory_name(b);
  return first && second && first->size() == second->size() &&
         begins_with(*first, *second) == Likeness::same;
}

}  // namespace verify
