#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// Writes one JSON text (RFC 8259), on one line, in UTF-8: octets that are not UTF-8 come
/// out as U+FFFD, control characters escaped. The caller opens and closes what nests.
class JsonWriter {
 public:
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
  /// `key(name)` and `value(v)` in one.
  JsonWriter& member(std::string_view name, const auto& v) { return key(name).value(v); }
  JsonWriter& member(std::string_view name, const std::vector<std::string>& texts);
  /// What was written so far.
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view text);
  void comma();

  std::string out_;
  bool first_ = true;
};

}  // namespace base
