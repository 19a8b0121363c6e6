#pragma once

#include <string>

#include "src/base/policy.h"
#include "src/tls/client.h"

namespace client {

/// Whether the client says whom it wants in its hello. DANE always does (RFC 7672 8.1).
enum class ServerName { dane_only, always };

/// The name that a client says in its hello: the base domain where DANE applies (RFC 7672
/// 8.1), else the first reference name; empty for an address (RFC 6066 3).
[[nodiscard]] std::string server_name(const policy::DnsFacts& facts,
                                      const policy::Requirement& requirement);
/// That name, or nothing where it is said for DANE alone and DANE does not apply.
[[nodiscard]] std::string server_name(const policy::DnsFacts& facts,
                                      const policy::Requirement& requirement,
                                      ServerName when);
/// A name that the user gives; nothing for an address, which is no server name (RFC 6066
/// 3).
[[nodiscard]] std::string given_server_name(const std::string& name);

/// Whether raw public keys may be offered: every usable record is 3 1 x (RFC 7671 5.1),
/// and no name has to be compared, for a raw key has none.
[[nodiscard]] tls::RawKeys raw_keys(const policy::Requirement& requirement);

}  // namespace client
