#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/option.h"
#include "src/base/error.h"

namespace cli {

/// What shells have to know of a program.
struct ProgramSyntax {
  Syntax own;  ///< what stands in front of a command, if it has some
  std::vector<Syntax> commands = {};
  std::vector<std::string_view> other_names = {};  ///< under which it is called too
  std::vector<Syntax> small_programs = {};         ///< which run it: one file has all
};

/// The option by which programs print their completions, for their tables.
[[nodiscard]] Option completion_option();

/// The completions of a program for a shell, to be sourced by it: `bash`, `zsh` or
/// `fish`. Nothing of the program is run when somebody presses the tabulator key. Error
/// kind `usage` for any other shell.
[[nodiscard]] base::Result<std::string> completion_for(std::string_view shell,
                                                       const ProgramSyntax& program);

// The shells, one by one.
[[nodiscard]] std::string bash_completion(const ProgramSyntax& program);
[[nodiscard]] std::string zsh_completion(const ProgramSyntax& program);
[[nodiscard]] std::string fish_completion(const ProgramSyntax& program);

/// What an option does, in words for a shell: of the letter that undoes it, too.
[[nodiscard]] std::string description_of(const Option& option, char letter = '\0');

/// The names beside the program's own by which shells find its completions.
[[nodiscard]] std::vector<std::string> all_other_names(const ProgramSyntax& program);

/// The text, with the value in every place that is marked so: `%WORDS%`.
[[nodiscard]] std::string filled_in(std::string_view text, std::string_view place,
                                    std::string_view value);

/// The text, with the program's name for every `%NAME%`.
[[nodiscard]] std::string with_name(std::string_view text, std::string_view name);

}  // namespace cli
