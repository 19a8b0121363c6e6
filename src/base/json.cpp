#include "src/base/json.h"

#include <cstdint>

#include "src/base/bytes.h"
#include "src/base/misleading.h"

namespace base {
namespace {

/// `\\uXXXX`, twice for a character beyond the first 65,536 (RFC 8259 7).
void append_escape(std::string& out, std::uint32_t unit) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kDigits[(unit >> static_cast<unsigned>(shift)) & 0xFU];
  }
}

/// A whole character as escapes: whoever reads JSON gets it back, and where JSON is shown
/// on a terminal it misleads nobody.
void append_escape(std::string& out, std::string_view sequence) {
  constexpr std::uint32_t kPlane = 0x10000;
  const auto lead = static_cast<unsigned char>(sequence[0]);
  std::uint32_t point = lead & (0x7FU >> sequence.size());
  for (const char c : sequence.substr(1)) {
    point = point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  if (point < kPlane) return append_escape(out, point);
  append_escape(out, 0xD800 + ((point - kPlane) >> 10U));
  append_escape(out, 0xDC00 + ((point - kPlane) & 0x3FFU));
}

}  // namespace

void append_readable(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20 || c == 0x7F) {
      append_escape(out, c);
      ++i;
    } else if (const std::size_t length = utf8_length(text.substr(i)); length > 0) {
      const std::string_view sequence = text.substr(i, length);
      if (length > 1 && misleads(sequence)) {
        append_escape(out, sequence);
      } else {
        out += sequence;
      }
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
}

JsonWriter& JsonWriter::key(std::string_view name) {
  comma();
  out_ += '"';
  escape_(out_, name);
  out_ += "\":";
  first_ = true;  // no comma before the value
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  comma();
  out_ += '"';
  escape_(out_, text);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::member(std::string_view name,
                               const std::vector<std::string>& texts) {
  key(name).begin_array();
  for (const std::string& text : texts) value(text);
  return end_array();
}

JsonWriter& JsonWriter::open(char bracket) {
  comma();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
  comma();
  out_ += text;
  return *this;
}

void JsonWriter::comma() {
  if (!first_) out_ += ',';
  first_ = false;
}

}  // namespace base
