#include "src/ucspi/environment.h"

#include <algorithm>

namespace ucspi {
namespace {

/// A variable cannot hold a NUL, and must not hold a line's end of somebody else's
/// making.
std::string one_line(std::string_view value) {
  std::string out(value);
  std::ranges::replace_if(
      out, [](char c) { return c == '\0' || c == '\n' || c == '\r'; }, '?');
  return out;
}

void set_with_prefix(Environment& environment, const std::string& prefix,
                     const ConnectionNames& names) {
  environment.set(prefix + "LOCALIP", net::to_text(names.local.address));
  environment.set(prefix + "LOCALPORT", std::to_string(names.local.port));
  environment.set_or_unset(prefix + "LOCALHOST", names.local_host);
  environment.set(prefix + "REMOTEIP", net::to_text(names.remote.address));
  environment.set(prefix + "REMOTEPORT", std::to_string(names.remote.port));
  environment.set_or_unset(prefix + "REMOTEHOST", names.remote_host);
  environment.set_or_unset(prefix + "REMOTEINFO", names.remote_info);
}

}  // namespace

void Environment::set(std::string_view name, std::string_view value) {
  changes_.emplace_back(std::string(name), one_line(value));
}

void Environment::set_text(std::string_view name, std::string_view text) {
  std::optional<std::string> value;
  constexpr std::size_t kMost = std::size_t{100} * 1024;  // exec takes no longer entries
  if (!text.empty() && text.size() <= kMost) value = std::string(text);
  changes_.emplace_back(std::string(name), std::move(value));
}

void Environment::unset(std::string_view name) {
  changes_.emplace_back(std::string(name), std::nullopt);
}

void Environment::unset_prefix(std::string_view prefix) {
  changes_.emplace_back(std::string(prefix) + "*", std::nullopt);
}

void Environment::add(const Environment& later) {
  changes_.insert(changes_.end(), later.changes_.begin(), later.changes_.end());
}

void Environment::set_or_unset(std::string_view name,
                               const std::optional<std::string>& value) {
  if (value) {
    set(name, std::string_view(*value));
  } else {
    unset(name);
  }
}

std::vector<std::string> Environment::applied_to(const char* const* inherited) const {
  std::vector<std::string> out;
  const auto drop = [&](const std::string& name) {
    std::erase_if(out, [&](const std::string& entry) {
      if (name.ends_with('*')) {
        return std::string_view(entry).starts_with(
            std::string_view(name).substr(0, name.size() - 1));
      }
      return entry.size() > name.size() && entry[name.size()] == '=' &&
             entry.starts_with(name);
    });
  };
  for (; inherited != nullptr && *inherited != nullptr; ++inherited) {
    out.emplace_back(*inherited);
  }
  for (const auto& [name, value] : changes_) {
    drop(name);
    if (value) out.push_back(name + "=" + *value);
  }
  return out;
}

void set_connection(Environment& environment, const ConnectionNames& names,
                    TcpCopies copies) {
  const bool v6 = names.remote.address.family == net::Family::v6;
  environment.set("PROTO", v6 ? "SSL6" : "SSL");
  set_with_prefix(environment, "SSL", names);
  if (copies == TcpCopies::yes) set_with_prefix(environment, "TCP", names);
}

}  // namespace ucspi
