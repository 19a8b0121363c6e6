#pragma once

#include <string>

#include "src/base/error.h"

namespace cli {

/// Where the password of the client's key comes from.
enum class KeyPasswordSource {
  descriptor_3,  ///< up to a NUL or its end; it is closed then (-3)
  file,          ///< up to a NUL (-K)
};

/// The password; empty when the source is a file and `path` is empty. Error kind `usage`,
/// codes `bad_password`, `bad_file`.
[[nodiscard]] base::Result<std::string> read_key_password(KeyPasswordSource source,
                                                          const std::string& path);

}  // namespace cli
