#include "src/evidence/json_parts.h"

#include <algorithm>
#include <charconv>

namespace evidence {
namespace {

// Where a number of the shelf stands: between two control characters, which no JSON text
// has (RFC 8259 7).
constexpr char kOpens = '\x01', kCloses = '\x02';
// A finding has the name of its domain and comes once; what is said of a host is longer.
constexpr std::size_t kLeastPart = 512;

/// Where the value that starts at `from`, an object or array, ends.
std::size_t end_of_value(std::string_view text, std::size_t from) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
  }
  return text.size();
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' '; }

tl::unexpected<base::Error> bad(std::string_view why) {
  return base::fail(base::ErrorKind::permanent, base::Code::bad_evidence,
                    std::string(why));
}

}  // namespace

base::Result<std::string> take_json_apart(std::string_view text, Shelf& shelf) {
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return base::fail(base::ErrorKind::internal, base::Code::local,
                      "a text of evidence has control characters");
  }
  std::string out;
  bool in_string = false;
  char before = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!in_string && c == '{' && (before == '[' || before == '}')) {
      const std::size_t end = end_of_value(text, at);
      const std::string_view part = text.substr(at, end - at);
      if (part.size() >= kLeastPart) {
        const auto place = shelf.put(Content::texts, base::as_bytes(part));
        if (!place) return tl::unexpected(place.error());
        out += kOpens + std::to_string(place->number) + kCloses;
        at = end - 1;
        before = '}';
        continue;
      }
    }
    if (in_string && c == '\\' && at + 1 < text.size()) {
      out += c;
      out += text[++at];
      continue;
    }
    if (c == '"') in_string = !in_string;
    // A member of an array that follows another object comes behind `},`; behind `}` and
    // a name it would be a member of an object, whose name stands between.
    if (in_string || c != ',') before = c;
    out += c;
  }
  return out;
}

base::Result<std::string> join_json(std::string_view parts, Shelf& shelf,
                                    std::size_t most) {
  std::string out;
  while (!parts.empty()) {
    const std::size_t end = std::min(parts.find(kOpens), parts.size());
    out += parts.substr(0, end);
    parts.remove_prefix(end);
    if (out.size() > most) return bad("a text is too long");
    if (parts.empty()) break;
    const std::size_t close = parts.find(kCloses);
    if (close == std::string_view::npos) return bad("a text is broken");
    const std::string_view digits = parts.substr(1, close - 1);
    std::int64_t number = 0;
    const auto [stop, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc{} || stop != digits.data() + digits.size()) {
      return bad("a text is broken");
    }
    const auto part = shelf.take(Content::texts, number);
    if (!part) return tl::unexpected(part.error());
    out += base::as_text(*part);
    parts.remove_prefix(close + 1);
  }
  if (out.size() > most) return bad("a text is too long");
  return out;
}

}  // namespace evidence
