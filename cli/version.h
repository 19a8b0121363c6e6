#pragma once

#include <string>
#include <string_view>

namespace cli {

/// What `--version` says: the program's own version, and a line for each library that it
/// was built with, so that whoever hears of a hole in one can tell whether it is inside.
[[nodiscard]] std::string version_text(std::string_view program);

}  // namespace cli
