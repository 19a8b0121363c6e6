#pragma once

#include <string>
#include <vector>

#include "src/base/bytes.h"

namespace evidence {

/// The records of a set of a bundle and the signatures over them, a line each, as zone
/// files have them (RFC 1035 5.1), fit to print. A record that is not laid out as its
/// type is stands there as a comment of hexadecimal digits.
[[nodiscard]] std::vector<std::string> zone_lines(base::ByteView set);

}  // namespace evidence
