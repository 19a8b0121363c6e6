#pragma once

#include <optional>
#include <string>

#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// What a command line asks for.
struct CommandLine {
  std::optional<Options> options;  ///< none: `text` is all that was asked for
  std::string text;                ///< of --help, --version or --completion
};

/// Reads the command line and the environment. Error kind `usage`.
[[nodiscard]] base::Result<CommandLine> parse_command_line(int argc, char** argv);

}  // namespace cli::sslclient
