#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

/// Appends a text to `out` as it stands between the quotes of a JSON string.
using JsonEscape = void (*)(std::string& out, std::string_view text);

/// For people as well as programs: octets that are not UTF-8 come out as U+FFFD; control
/// characters, and what would mislead on a terminal, as escapes.
void append_readable(std::string& out, std::string_view text);

/// Writes one JSON text (RFC 8259), on one line, in UTF-8. The caller opens and closes
/// what nests.
class JsonWriter {
 public:
  explicit JsonWriter(JsonEscape escape = append_readable) : escape_(escape) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(std::integral auto number) {
    if constexpr (std::same_as<decltype(number), bool>) {
      return raw(number ? "true" : "false");
    } else {
      return raw(std::to_string(number));
    }
  }
  JsonWriter& null() { return raw("null"); }
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view text);
  /// `key(name)` and `value(v)` in one.
  JsonWriter& member(std::string_view name, const auto& v) { return key(name).value(v); }
  JsonWriter& member(std::string_view name, const std::vector<std::string>& texts);
  /// What was written so far.
  [[nodiscard]] const std::string& text() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void comma();

  JsonEscape escape_;
  std::string out_;
  bool first_ = true;
};

}  // namespace base
