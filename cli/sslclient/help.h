#pragma once

#include <string>
#include <string_view>

namespace cli {

/// The one line that says how sslclient is called.
inline constexpr std::string_view kSslclientUsage =
    "usage: sslclient [options] host port program [arguments]";

/// What --help prints.
[[nodiscard]] std::string sslclient_help();

}  // namespace cli
