#include "src/qmail/literal.h"

#include "src/base/bytes.h"

namespace qmail {

std::optional<net::Address> literal_in(std::string_view text) {
  constexpr std::string_view kTag = "[ipv6:";
  if (base::lower(text.substr(0, kTag.size())) != kTag) return net::parse_address(text);
  const std::string untagged = "[" + std::string(text.substr(kTag.size()));
  const bool is_v6 = untagged.find(':') != std::string::npos;
  return is_v6 ? net::parse_address(untagged) : std::nullopt;
}

}  // namespace qmail
