#pragma once

#include <string_view>

#include "src/base/error.h"

namespace io {

/// Writes all of `text` to a descriptor, as long as that takes. Error kind `temporary`,
/// code `io`: what is left is lost.
[[nodiscard]] base::Result<void> write_all(int fd, std::string_view text);

}  // namespace io
