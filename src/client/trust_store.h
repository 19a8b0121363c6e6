#pragma once

#include <string>

#include "src/base/error.h"
#include "verify/roots.h"

namespace client {

/// The trust store that `file` (PEM) and `directory` (every file in it) hold together; an
/// empty path names none. Error kind `usage`, code `bad_trust_store`.
[[nodiscard]] base::Result<verify::Roots> load_trust_store(const std::string& file,
                                                           const std::string& directory);
/// The trust store at one path: a directory if it ends in `/`, else a file.
[[nodiscard]] base::Result<verify::Roots> load_trust_store(const std::string& path);

}  // namespace client
