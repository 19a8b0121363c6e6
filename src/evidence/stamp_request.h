#pragma once

#include "src/base/address.h"
#include "src/evidence/bundle.h"
#include "src/io/loop.h"

namespace evidence {

/// Where a time-stamp authority is asked by HTTP (RFC 3161 3.4).
struct StampAuthority {
  std::string host;  ///< a name, or the text of an address without brackets
  std::uint16_t port = 80;
  std::string path = "/";  ///< with the query, if any
  [[nodiscard]] bool operator==(const StampAuthority&) const = default;
};

/// Reads `http://host[:port][/path]`. Error kind `usage`, code `usage`.
[[nodiscard]] base::Result<StampAuthority> read_stamp_authority(std::string_view url);

/// Asks at the first of the endpoints, which are the host's, that can be reached. The
/// answer is a TimeStampResp, of which nothing is read. `limit` is for all of it. An
/// answer has at most 1 MiB, and another place that it points to is not asked. Error kind
/// `temporary`, codes `connect`, `timeout`, `io`, `protocol`, `http`.
[[nodiscard]] io::Task<base::Result<base::Bytes>> ask_for_stamp(
    io::Loop& loop, StampAuthority authority, std::vector<net::Endpoint> endpoints,
    base::Bytes request, std::chrono::milliseconds limit);

}  // namespace evidence
