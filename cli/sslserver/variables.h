#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli::sslserver {

/// Environment variables by name: those that the program was started with, or as a rule
/// leaves them.
class Variables {
 public:
  /// All of `NAME=value`; a null pointer is the end.
  explicit Variables(const char* const* environment);

  /// The value; an empty one is none.
  [[nodiscard]] std::optional<std::string> value(const std::string& name) const;
  /// The value or the empty word.
  [[nodiscard]] std::string word(const std::string& name) const;
  /// With what a rule sets.
  [[nodiscard]] Variables with(
      const std::vector<std::pair<std::string, std::string>>& changes) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace cli::sslserver
