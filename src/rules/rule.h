#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rules {

/// What a file of rules says of the peers that a key stands for.
struct Rule {
  std::string key;    ///< as it stands in the file; empty: of everybody else
  bool deny = false;  ///< the connection is closed, and no program runs
  /// Names, which are not empty, and values for the program; of two with one name the
  /// later one counts.
  std::vector<std::pair<std::string, std::string>> variables;
};

/// The most variables that a rule may set, and the most octets that all it says may have.
inline constexpr std::size_t kMostVariables = 256, kMostData = 64 * 1024;

/// Reads what a file has for a key: items that end in NUL each, `D` for deny,
/// `+NAME=VALUE` for a variable, none for a plain allow. Nothing if there is more than a
/// rule may have, or anything else in it: tcpserver passes by what it does not know, and
/// so lets everybody in where one octet of a `D` is damaged.
[[nodiscard]] std::optional<Rule> read_rule(std::string_view key, std::string_view data);

}  // namespace rules
