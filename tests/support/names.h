#pragma once

#include <string_view>

#include "src/base/name.h"

namespace support {

/// The name that a test writes.
[[nodiscard]] inline dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

}  // namespace support
