#include "src/rules/rule.h"

namespace rules {
namespace {

/// Adds what an item says, given without its NUL. Whether it is one that tcprules writes.
bool take(Rule& rule, std::string_view item) {
  if (item == "D") {
    rule.deny = true;
    return true;
  }
  const std::size_t equals = item.find('=');
  if (!item.starts_with('+') || equals == std::string_view::npos || equals == 1 ||
      rule.variables.size() == kMostVariables) {
    return false;
  }
  rule.variables.emplace_back(item.substr(1, equals - 1), item.substr(equals + 1));
  return true;
}

}  // namespace

std::optional<Rule> read_rule(std::string_view key, std::string_view data) {
  if (data.size() > kMostData) return std::nullopt;
  Rule out{std::string(key), false, {}};
  while (!data.empty()) {
    const std::size_t end = data.find('\0');
    if (end == std::string_view::npos || !take(out, data.substr(0, end))) {
      return std::nullopt;
    }
    data.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace rules
