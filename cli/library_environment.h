#pragma once

#include <string_view>

namespace cli {

/// The first word on the command line that leaves the environment as it is.
inline constexpr std::string_view kLibraryEnvironment = "--library-environment";

/// The environment with which this program was started. What `getenv` sees is only the
/// part that our manual pages speak of, unless the command line said otherwise.
[[nodiscard]] char** whole_environment();

/// Whether the libraries see all of it too.
[[nodiscard]] bool libraries_see_environment();

}  // namespace cli
