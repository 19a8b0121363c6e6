#pragma once

#include <string>

#include "src/base/error.h"

namespace io {

/// The whole of a file of at most `limit` octets. Error kind `usage`, code `bad_file`;
/// its detail starts with the path.
[[nodiscard]] base::Result<std::string> read_file(const std::string& path,
                                                  std::size_t limit);

/// The whole of standard input, of at most `limit` octets. Errors as `read_file`; their
/// detail starts with `<stdin>`.
[[nodiscard]] base::Result<std::string> read_standard_input(std::size_t limit);

/// Takes the exclusive lock of an open file (flock), without waiting longer than a tenth
/// of a second for others to let go of it. Whether it was had.
[[nodiscard]] bool lock_soon(int descriptor);

}  // namespace io
