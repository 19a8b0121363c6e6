#include "src/publish/zone_name.h"

namespace publish {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxWire = 255;

tl::unexpected<base::Error> bad(std::string detail,
                                base::Code code = base::Code::bad_zone) {
  return base::fail(base::ErrorKind::usage, code, std::move(detail));
}

/// One octet of a label in the one way in which it is written here.
void append(std::string& out, unsigned char octet) {
  const char c = base::lower(static_cast<char>(octet));
  constexpr std::string_view kSpecial = ".\\\"();@$";
  if (octet > ' ' && octet < 0x7f && kSpecial.find(c) == std::string_view::npos) {
    out += c;
    return;
  }
  out += '\\';
  for (const int place : {100, 10, 1}) out += static_cast<char>('0' + octet / place % 10);
}

/// The octet behind a backslash, taken off the front: `\DDD`, or the character itself.
std::optional<unsigned char> take_escaped(std::string_view& rest) {
  const auto digit = [&](std::size_t i) { return rest[i] >= '0' && rest[i] <= '9'; };
  if (rest.empty()) return std::nullopt;
  if (!digit(0)) {
    const char c = rest.front();
    rest.remove_prefix(1);
    return static_cast<unsigned char>(c);
  }
  if (rest.size() < 3 || !digit(1) || !digit(2)) return std::nullopt;
  const int value = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  rest.remove_prefix(3);
  if (value > 255) return std::nullopt;
  return static_cast<unsigned char>(value);
}

std::size_t wire_size(const dns::Name& name) {
  std::size_t size = 1;
  for (const std::string_view label : name.labels()) {
    ++size;
    for (std::size_t i = 0; i < label.size(); ++i, ++size) {
      if (label[i] == '\\') i += 3;
    }
  }
  return size;
}

base::Result<dns::Name> bounded(const std::string& text) {
  if (text.empty()) return dns::Name();
  auto name = dns::Name::from_dns(text);
  if (!name || wire_size(*name) > kMaxWire) return bad("a name longer than 255 octets");
  return name;
}

}  // namespace

base::Result<dns::Name> zone_name(std::string_view word,
                                  const std::optional<dns::Name>& origin) {
  const bool at = word == "@";
  if (word == ".") return dns::Name();
  if (word.empty()) return bad("an empty name");
  std::string text;
  std::size_t label = 0;
  bool absolute = false;
  while (!word.empty() && !at) {
    auto octet = static_cast<unsigned char>(word.front());
    word.remove_prefix(1);
    if (octet == '.') {
      if (label == 0) return bad("an empty label in a name");
      label = 0;
      absolute = word.empty();
      if (!absolute) text += '.';
      continue;
    }
    if (octet == '\\') {
      const auto escaped = take_escaped(word);
      if (!escaped) return bad("a bad escape in a name");
      octet = *escaped;
    }
    if (++label > kMaxLabel) return bad("a label longer than 63 octets");
    if (text.size() > 4 * kMaxWire) return bad("a name longer than 255 octets");
    append(text, octet);
  }
  if (absolute) return bounded(text);
  if (!origin) {
    return bad(
        "a relative name, and no $ORIGIN before it: give the zone's name with "
        "--origin",
        base::Code::no_origin);
  }
  if (at) return *origin;
  return bounded(origin->text().empty() ? text : text + "." + origin->text());
}

std::optional<dns::Name> take_wire_name(base::ByteView& rdata) {
  std::string text;
  for (std::size_t total = 1;;) {
    if (rdata.empty()) return std::nullopt;
    const auto size = std::to_integer<std::size_t>(rdata[0]);
    rdata = rdata.subspan(1);
    if (size == 0) break;
    total += size + 1;
    if (size > kMaxLabel || size > rdata.size() || total > kMaxWire) return std::nullopt;
    if (!text.empty()) text += '.';
    for (const std::byte octet : rdata.first(size)) {
      append(text, std::to_integer<unsigned char>(octet));
    }
    rdata = rdata.subspan(size);
  }
  auto name = bounded(text);
  if (!name) return std::nullopt;
  return std::move(*name);
}

bool is_below(const dns::Name& name, const dns::Name& above) {
  if (above.text().empty() || name == above) return true;
  const std::string& text = name.text();
  const std::string& end = above.text();
  return text.size() > end.size() && text.ends_with(end) &&
         text[text.size() - end.size() - 1] == '.';
}

dns::Name parent_of(const dns::Name& name) {
  const std::size_t dot = name.text().find('.');
  if (dot == std::string::npos) return {};
  return dns::Name::from_dns(std::string_view(name.text()).substr(dot + 1))
      .value_or(dns::Name());
}

std::optional<dns::Name> prefixed(std::string_view labels, const dns::Name& name) {
  std::string text = std::string(labels) + name.text();
  if (text.ends_with('.')) text.pop_back();
  auto out = bounded(text);
  if (!out) return std::nullopt;
  return std::move(*out);
}

}  // namespace publish
