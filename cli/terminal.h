#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace cli {

/// Colours for standard output: only on a terminal, and not where NO_COLOR is set or TERM
/// is `dumb`.
class Paint {
 public:
  Paint();
  explicit Paint(bool colours) : colours_(colours) {}

  [[nodiscard]] std::string good(std::string_view text) const { return in("32", text); }
  [[nodiscard]] std::string bad(std::string_view text) const { return in("31", text); }
  [[nodiscard]] std::string doubtful(std::string_view text) const {
    return in("33", text);
  }
  [[nodiscard]] std::string faint(std::string_view text) const { return in("2", text); }
  [[nodiscard]] std::string strong(std::string_view text) const { return in("1", text); }

 private:
  [[nodiscard]] std::string in(std::string_view code, std::string_view text) const;
  bool colours_;
};

/// The columns of the terminal that a descriptor is; 0 where it is none, or does not say.
[[nodiscard]] std::size_t terminal_columns(int descriptor);

/// What is done once, before anything is written to standard output by `print` or by a
/// function that calls `begin_output` before it writes.
void set_before_output(std::function<void()> action);
void begin_output();

/// Writes a text to standard output.
void print(std::string_view text);

}  // namespace cli
