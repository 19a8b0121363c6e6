#pragma once

#include <string>
#include <string_view>

namespace cli::sslclient {

/// The one line that says how sslclient is called.
inline constexpr std::string_view kUsage =
    "usage: sslclient [options] host port program [arguments]";

/// What --help prints.
[[nodiscard]] std::string help();

}  // namespace cli::sslclient
