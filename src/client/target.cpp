#include "src/client/target.h"

#include "src/base/policy.h"

namespace client {

base::Result<std::variant<dns::Name, net::Address>> parse_host(std::string_view word) {
  using Host = std::variant<dns::Name, net::Address>;
  if (word.empty() || word == "0") return Host(*net::parse_address("127.0.0.1"));
  if (const auto address = net::parse_address_name(word)) return Host(*address);
  auto name = dns::Name::parse(word);
  if (!name) return tl::unexpected(name.error());
  return Host(std::move(*name));
}

std::string to_text(const std::variant<dns::Name, net::Address>& host) {
  return policy::to_text(policy::ReferenceName(host));
}

}  // namespace client
