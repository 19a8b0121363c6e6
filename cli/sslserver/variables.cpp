#include "cli/sslserver/variables.h"

#include <string_view>

namespace cli::sslserver {

Variables::Variables(const char* const* environment) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    // The first of two counts, as getenv has it.
    values_.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

std::optional<std::string> Variables::value(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::string Variables::word(const std::string& name) const {
  return value(name).value_or("");
}

Variables Variables::with(
    const std::vector<std::pair<std::string, std::string>>& changes) const {
  Variables out = *this;
  for (const auto& [name, value] : changes) out.values_[name] = value;
  return out;
}

}  // namespace cli::sslserver
