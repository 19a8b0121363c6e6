#include "src/evidence/canonical_writer.h"

#include <algorithm>

#include "src/evidence/canonical_json.h"

namespace evidence {

CanonicalWriter& CanonicalWriter::key(std::string_view name) {
  comma();
  add_quoted(name);
  out_ += ':';
  first_ = true;
  return *this;
}

CanonicalWriter& CanonicalWriter::text(std::string_view text) {
  comma();
  add_quoted(text);
  return *this;
}

CanonicalWriter& CanonicalWriter::canonical(std::string_view text) {
  comma();
  out_ += text;
  return *this;
}

CanonicalWriter& CanonicalWriter::open(char bracket) {
  comma();
  out_ += bracket;
  first_ = true;
  return *this;
}

CanonicalWriter& CanonicalWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

/// Nearly every text is plain, and the library looks at each of its octets for long.
void CanonicalWriter::add_quoted(std::string_view text) {
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (is_plain) {
    out_.append(1, '"').append(text).append(1, '"');
  } else {
    out_ += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

void CanonicalWriter::comma() {
  if (!first_) out_ += ',';
  first_ = false;
}

}  // namespace evidence
