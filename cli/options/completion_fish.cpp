// What fish sources, or finds as `PROGRAM.fish` in a folder of its completions: a line
// for each option and each kind of word, which holds where a function finds the cursor.

#include "cli/options/completion.h"

namespace cli {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// What completes a word; `is_value` for one that an option takes.
std::string how_completed(const Word& word, bool is_value) {
  std::string exclusive = is_value ? " -x" : " -f";
  if (!word.choices.empty()) {
    std::string all;
    for (const std::string& one : word.choices) all += (all.empty() ? "" : " ") + one;
    return exclusive + " -a " + quoted(all);
  }
  switch (word.kind) {
    case WordKind::file:
      return is_value ? " -r -F" : " -F";
    case WordKind::folder:
      return exclusive + " -a '(__fish_complete_directories)'";
    case WordKind::host:
      return exclusive + " -a '(__fish_print_hostnames)'";
    case WordKind::service:
      return exclusive + R"( -a '(getent services | string split -f 1 " ")')";
    case WordKind::user:
      return exclusive + " -a '(__fish_complete_users)'";
    case WordKind::group:
      return exclusive + " -a '(__fish_complete_groups)'";
    case WordKind::interface:
      return exclusive + " -a '(__fish_print_interfaces)'";
    case WordKind::program:
      return exclusive + " -a '(__fish_%NAME%_program)'";
    default:
      return exclusive;
  }
}

/// The spellings that take a value of the word behind them.
std::string valued(std::span<const Option> options) {
  std::string out;
  for (const Option& one : options) {
    if (one.value_need() != Need::always) continue;
    if (one.letter != '\0') out += std::string(" -") + one.letter;
    if (!one.name.empty()) out += " --" + std::string(one.name);
  }
  return out;
}

std::string line_of(const Option& option, char letter, const std::string& where) {
  std::string out = "complete -c %NAME% -n " + quoted(where);
  if (letter != '\0') out += std::string(" -s ") + letter;
  const bool undoes = letter != '\0' && letter == option.opposite;
  if (!option.name.empty() && !undoes) out += " -l " + std::string(option.name);
  if (option.value_need() == Need::always) out += how_completed(option.value, true);
  if (option.value_need() == Need::as_wanted) out += " -F";
  return out + " -d " + quoted(description_of(option, letter)) + "\n";
}

std::string lines_of(const Syntax& syntax, std::string_view command) {
  const std::string at = "__fish_%NAME%_at " + quoted(command);
  const std::string options_at = syntax.order == Order::before_words ? at + " 0" : at;
  std::string out;
  for (const Option& option : syntax.options) {
    if (!option.same_as.empty()) continue;
    out += line_of(option, option.letter, options_at);
    if (option.opposite != '\0') out += line_of(option, option.opposite, options_at);
  }
  for (std::size_t i = 0; i < syntax.words.size(); ++i) {
    std::string where = at;
    where += " " + std::to_string(i);
    if (i + 1 == syntax.words.size()) where += '+';
    out += "complete -c %NAME% -n " + quoted(where);
    out += how_completed(syntax.words[i], false) + "\n";
  }
  return out;
}

/// The program that the command line starts is completed as if it stood alone.
std::string program_function(const Syntax& syntax) {
  for (std::size_t i = 0; i < syntax.words.size(); ++i) {
    if (syntax.words[i].kind != WordKind::program) continue;
    return "\nfunction __fish_%NAME%_program\n    __fish_complete_subcommand "
           "--fcs-skip=" +
           std::to_string(i + 1) + valued(syntax.options) + "\nend\n";
  }
  return "";
}

constexpr std::string_view kHead =
    R"(# Completions of %NAME% for fish; `%NAME% --completion fish` prints them.

# Whether the words before the cursor are the command $argv[1] (empty for none) with
# $argv[2] words that are no options: `1`, or `1+` for one and more.
function __fish_%NAME%_at
    set -l line (commandline -opc)
    set -e line[1]
)";

constexpr std::string_view kCount =
    R"(    set -l count 0
    set -l is_value no
    set -l ended no
    for word in $line
        if test $is_value = yes
            set is_value no
        else if test $ended = yes
            set count (math $count + 1)
        else if string match -qr -- '^--$' $word
            set ended yes
        else if string match -q -- '--*' $word
            contains -- $word $valued; and set is_value yes
        else if string match -qr -- '^-.' $word
            set -l letters (string split '' -- (string sub -s 2 -- $word))
            for i in (seq (count $letters))
                if contains -- -$letters[$i] $valued
                    test $i -eq (count $letters); and set is_value yes
                    break
                end
            end
        else
            set count (math $count + 1)
)";

constexpr std::string_view kTail =
    R"(        end
    end
    set -q argv[2]; or return 0
    if string match -q -- '*+' $argv[2]
        test $count -ge (string trim -r -c + -- $argv[2])
    else
        test $count -eq $argv[2]
    end
end
)";

/// The part of the function that takes the command off the line.
std::string command_part(const ProgramSyntax& program) {
  std::string out = "    set -l valued" + valued(program.own.options) + "\n";
  if (program.commands.empty()) return out;
  out +=
      "    set -l command ''\n"
      "    if set -q line[1]; and not string match -q -- '-*' $line[1]\n"
      "        set command $line[1]\n"
      "        set -e line[1]\n"
      "    end\n"
      "    test \"$command\" = \"$argv[1]\"; or return 1\n"
      "    switch $command\n";
  for (const Syntax& one : program.commands) {
    out += "        case " + std::string(one.name) + "\n            set valued" +
           valued(one.options) + "\n";
  }
  return out + "    end\n";
}

}  // namespace

std::string fish_completion(const ProgramSyntax& program) {
  std::string out = std::string(kHead) + command_part(program) + std::string(kCount);
  if (program.own.order == Order::before_words) out += "            set ended yes\n";
  out += std::string(kTail) + program_function(program.own) +
         "\ncomplete -c %NAME% -e\ncomplete -c %NAME% -f\n" + lines_of(program.own, "");
  for (const Syntax& one : program.commands) {
    out += "\ncomplete -c %NAME% -n \"__fish_%NAME%_at ''\" -a " + std::string(one.name) +
           " -d " + quoted(one.summary) + "\n" + lines_of(one, one.name);
  }
  for (const std::string_view other : program.other_names) {
    out += "\ncomplete -c " + std::string(other) + " -w %NAME%\n";
  }
  return with_name(out, program.own.name);
}

}  // namespace cli
