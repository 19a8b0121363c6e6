#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace evidence {

/// Writes JSON in the canonical form of RFC 8785, as far as evidence needs it, without a
/// value in between: whoever calls it names the members of an object in their order.
class CanonicalWriter {
 public:
  CanonicalWriter& begin_object() { return open('{'); }
  CanonicalWriter& end_object() { return close('}'); }
  CanonicalWriter& begin_array() { return open('['); }
  CanonicalWriter& end_array() { return close(']'); }
  CanonicalWriter& key(std::string_view name);
  CanonicalWriter& text(std::string_view text);
  CanonicalWriter& number(std::integral auto value) {
    return canonical(std::to_string(value));
  }
  /// A text that is canonical already.
  CanonicalWriter& canonical(std::string_view text);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  CanonicalWriter& open(char bracket);
  CanonicalWriter& close(char bracket);
  void add_quoted(std::string_view text);
  void comma();

  std::string out_;
  bool first_ = true;
};

}  // namespace evidence
