#pragma once

#include <optional>
#include <string>
#include <variant>

#include "resolver/host.h"
#include "src/base/address.h"
#include "src/base/name.h"

namespace client {

/// Whom to speak to.
struct Target {
  std::variant<dns::Name, net::Address> host;
  std::uint16_t port = 0;
  resolver::Families families = resolver::Families::both;
};

/// The host of a command line: a literal, else a name; `0` and the empty word are this
/// machine. An IPv4-mapped literal stays one, as the name of the host (RFC 9525 6.4);
/// what is connected to is the IPv4 address. Error kind `usage`, code `bad_name`.
[[nodiscard]] base::Result<std::variant<dns::Name, net::Address>> parse_host(
    std::string_view word);
/// The literal or the A-labels.
[[nodiscard]] std::string to_text(const std::variant<dns::Name, net::Address>& host);

}  // namespace client
