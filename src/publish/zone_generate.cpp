#include "src/publish/zone_generate.h"

#include <array>
#include <charconv>
#include <vector>

namespace publish {
namespace {

constexpr std::uint32_t kMostNumbers = 65536;
constexpr unsigned kMostDigits = 255;

tl::unexpected<base::Error> bad(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::bad_zone,
                    "$GENERATE: " + std::move(detail));
}

template <typename Number>
bool read(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

/// Digits from the last to the first; as nibbles each with a dot between (RFC 3596 2.5).
std::string nibbles(std::uint64_t value, unsigned width, bool upper) {
  std::string out;
  do {
    const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    if (!out.empty()) out += '.';
    out += digits[value % 16];
    value /= 16;
  } while (value > 0 || out.size() < width);
  return out;
}

base::Result<std::string> written(std::int64_t value, unsigned width, char base) {
  if (value < 0) return bad("a number below zero");
  const auto number = static_cast<std::uint64_t>(value);
  if (base == 'n' || base == 'N') return nibbles(number, width, base == 'N');
  const int radix = base == 'o' ? 8 : base == 'd' ? 10 : 16;
  std::array<char, 32> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, radix);
  if (error != std::errc()) return bad("a number that cannot be written");
  std::string out(digits.data(), end);
  if (base == 'X') {
    for (char& c : out) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (out.size() < width) out.insert(0, width - out.size(), '0');
  return out;
}

/// `{offset,width,base}` behind a dollar sign, taken off the front.
base::Result<std::string> take_modified(std::string_view& rest, std::uint32_t number) {
  const std::size_t close = rest.find('}');
  if (close == std::string_view::npos) return bad("a brace without its pair");
  std::vector<std::string_view> parts;
  for (std::string_view inside = rest.substr(1, close - 1);;) {
    const std::size_t comma = inside.find(',');
    parts.push_back(inside.substr(0, comma));
    if (comma == std::string_view::npos) break;
    inside.remove_prefix(comma + 1);
  }
  rest.remove_prefix(close + 1);
  std::int64_t offset = 0;
  unsigned width = 0;
  const bool good = parts.size() <= 3 && read(parts[0], offset) &&
                    (parts.size() < 2 || read(parts[1], width)) && width <= kMostDigits &&
                    offset >= -std::int64_t{UINT32_MAX} && offset <= UINT32_MAX;
  const std::string_view base = parts.size() < 3 ? "d" : parts[2];
  if (!good || base.size() != 1 || std::string_view("doxXnN").find(base) > 5) {
    return bad("braces hold OFFSET,WIDTH,BASE");
  }
  return written(std::int64_t{number} + offset, width, base[0]);
}

}  // namespace

base::Result<GenerateRange> generate_range(std::string_view word) {
  GenerateRange out;
  const std::size_t slash = word.find('/');
  const std::string_view span = word.substr(0, slash);
  const std::size_t hyphen = span.find('-');
  const bool good =
      hyphen != std::string_view::npos && read(span.substr(0, hyphen), out.from) &&
      read(span.substr(hyphen + 1), out.to) &&
      (slash == std::string_view::npos || read(word.substr(slash + 1), out.step)) &&
      out.step > 0 && out.from <= out.to;
  if (!good) return bad("the first word is FROM-TO or FROM-TO/STEP");
  if ((out.to - out.from) / out.step >= kMostNumbers) {
    return base::fail(base::ErrorKind::usage, base::Code::generate_bound,
                      "$GENERATE: more than 65536 numbers");
  }
  return out;
}

base::Result<std::string> generated(std::string_view word, std::uint32_t number) {
  std::string out;
  while (!word.empty()) {
    const char c = word.front();
    word.remove_prefix(1);
    if (c == '\\' && !word.empty()) {
      if (word.front() != '$') out += c;
      out += word.front();
      word.remove_prefix(1);
    } else if (c != '$') {
      out += c;
    } else if (word.starts_with('$')) {
      out += '$';
      word.remove_prefix(1);
    } else if (word.starts_with('{')) {
      auto text = take_modified(word, number);
      if (!text) return text;
      out += *text;
    } else {
      out += std::to_string(number);
    }
  }
  return out;
}

}  // namespace publish
