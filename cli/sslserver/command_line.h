#pragma once

#include <optional>
#include <string>

#include "cli/sslserver/options.h"
#include "cli/sslserver/variables.h"

namespace cli::sslserver {

/// The one line that says how sslserver is called.
inline constexpr std::string_view kUsage =
    "usage: sslserver [options] host port program [arguments]";

/// What a command line asks for.
struct CommandLine {
  std::optional<Options> options;  ///< none: `text` is all that was asked for
  std::string text;                ///< of --help, --version or --completion
};

/// Reads the command line, and of the variables those that hold for the whole program.
/// Error kind `usage`.
[[nodiscard]] base::Result<CommandLine> parse_command_line(int argc, char** argv,
                                                           const Variables& variables);

/// What --help prints.
[[nodiscard]] std::string help();

}  // namespace cli::sslserver
