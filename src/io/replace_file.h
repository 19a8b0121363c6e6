#pragma once

#include <string>

#include "src/base/error.h"

namespace io {

/// Where a path leads, behind symbolic links, also if nothing is there yet.
[[nodiscard]] std::string target_of(const std::string& path);

/// Whether `replace_file` has a place to write to. Error kind `usage`, code `bad_file`.
[[nodiscard]] base::Result<void> check_replaceable(const std::string& path);

/// Puts a whole file in the place of another, or of none, at once: whoever reads it sees
/// the old one or the new one. A symbolic link stays one, and a pipe or a device, which
/// has no place that a file could take, is written to. Error kind `temporary`, code
/// `bad_file`.
[[nodiscard]] base::Result<void> replace_file(const std::string& path,
                                              const std::string& text);

}  // namespace io
