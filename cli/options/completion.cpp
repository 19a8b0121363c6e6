#include "cli/options/completion.h"

#include "cli/options/option_list.h"
#include "src/base/bytes.h"

namespace cli {

Option completion_option() {
  return {.name = "completion",
          .value = {"SHELL", WordKind::one_of, {"bash", "zsh", "fish"}},
          .help = "print the completions of this command line for a shell"};
}

base::Result<std::string> completion_for(std::string_view shell,
                                         const ProgramSyntax& program) {
  if (shell == "bash") return bash_completion(program);
  if (shell == "zsh") return zsh_completion(program);
  if (shell == "fish") return fish_completion(program);
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    "--completion " + base::printable(shell, base::kWord) +
                        " is none of " + alternatives(completion_option().value.choices));
}

std::string description_of(const Option& option, char letter) {
  const bool undoes = letter != '\0' && letter == option.opposite;
  return (undoes ? "do not " : "") + std::string(option.help);
}

std::vector<std::string> all_other_names(const ProgramSyntax& program) {
  std::vector<std::string> out(program.other_names.begin(), program.other_names.end());
  for (const Syntax& one : program.small_programs) out.emplace_back(one.name);
  return out;
}

std::string filled_in(std::string_view text, std::string_view place,
                      std::string_view value) {
  std::string out(text);
  for (std::size_t at = 0; (at = out.find(place, at)) != std::string::npos;) {
    out.replace(at, place.size(), value);
    at += value.size();
  }
  return out;
}

std::string with_name(std::string_view text, std::string_view name) {
  return filled_in(text, "%NAME%", name);
}

}  // namespace cli
