#pragma once

#include <string>

#include "cli/dane/command.h"
#include "src/base/error.h"
#include "src/base/name.h"

namespace cli::dane {

/// A host and the owner of its TLSA records.
struct Owner {
  dns::Name host;
  std::uint16_t port = 0;
  dns::Name name;  ///< `_25._tcp.mx.example.org`
};

/// The owner of the records of a host and port as words of a command line. Error kind
/// `usage`, with a hint: an address or a name that cannot be a host's (`_25._tcp.…`) has
/// no TLSA records of its own (RFC 6698 3).
[[nodiscard]] base::Result<Owner> owner_of(const std::string& host,
                                           const std::string& port,
                                           std::string_view transport);

/// An error of kind `usage` if a command line has fewer words than HOST and PORT: which
/// of them is missing, and `call`, the rest of the command line, with both behind it.
[[nodiscard]] base::Result<void> expect_host_and_port(const Arguments& arguments,
                                                      std::string_view call);

}  // namespace cli::dane
