#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/bytes.h"

namespace resolver {

/// A trust anchor as a file has it.
struct Anchor {
  std::string owner;   ///< as it stands there, in lower case
  bool known = false;  ///< its algorithm, and its digest, are ones that validate
  std::string what;    ///< `DS of example., algorithm 250`
  bool is_ds = false;  ///< else a DNSKEY record
  /// The record in wire form; empty if its numbers, or its hexadecimal or base64 digits,
  /// are none.
  base::Bytes rdata;
};

/// The DS and DNSKEY records of a text in zone-file form, as files of trust anchors have
/// them (one record a line, parentheses, comments), keys that RFC 5011 does not trust
/// left out: revoked, or marked by libunbound as anything but valid.
[[nodiscard]] std::vector<Anchor> anchors_in(std::string_view text);

}  // namespace resolver
