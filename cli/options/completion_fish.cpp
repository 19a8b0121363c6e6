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

/// A place among words as the function knows it: so many, or so many and more.
std::string place_of(std::size_t count, bool and_more) {
  return " " + std::to_string(count) + (and_more ? "+" : "");
}

std::string option_lines(std::span<const Option> options, const std::string& where) {
  std::string out;
  for (const Option& option : options) {
    if (!option.same_as.empty()) continue;
    out += line_of(option, option.letter, where);
    if (option.opposite != '\0') out += line_of(option, option.opposite, where);
  }
  return out;
}

std::string lines_of(const Syntax& syntax, std::string_view command) {
  const std::string at = "__fish_%NAME%_at " + quoted(command);
  const std::size_t many = syntax.words.size();
  const bool goes_on = syntax.behind_words.empty();
  std::string out = option_lines(
      syntax.options, syntax.order == Order::before_words ? at + place_of(0, false) : at);
  for (std::size_t i = 0; i < many; ++i) {
    out += "complete -c %NAME% -n " + quoted(at + place_of(i, goes_on && i + 1 == many)) +
           how_completed(syntax.words[i], false) + "\n";
  }
  return out + option_lines(syntax.behind_words, at + place_of(many, true));
}

constexpr std::string_view kHead =
    R"(# Completions of %NAME% for fish; `%NAME% --completion fish` prints them.
)";

// The walk over the words before the cursor, which $line has from $from on.
constexpr std::string_view kPlaces =
    R"(    set -l count 0
    set -l is_value no
    set -l ended no
    for i in (seq $from 1 (count $line))
        set -l word $line[$i]
        if test $is_value = yes
            set is_value no
        else if test $ended = no; and string match -qr -- '^--$' $word
            set ended yes
        else if test $ended = no; and string match -q -- '--*' $word
            contains -- $word $valued; and set is_value yes
        else if test $ended = no; and string match -qr -- '^-.' $word
            set -l letters (string split '' -- (string sub -s 2 -- $word))
            for j in (seq (count $letters))
                if contains -- -$letters[$j] $valued
                    test $j -eq (count $letters); and set is_value yes
                    break
                end
            end
        else
            echo $i
            set count (math $count + 1)
)";

constexpr std::string_view kAt =
    R"(    set -q argv[2]; or return 0
    set -l count (count (__fish_%NAME%_places))
    if string match -q -- '*+' $argv[2]
        test $count -ge (string trim -r -c + -- $argv[2])
    else
        test $count -eq $argv[2]
    end
end
)";

/// The function that finds the words which are no options. A bundle of letters may end in
/// one that takes the word behind it.
std::string places_function(const ProgramSyntax& program) {
  std::string out =
      "\n# Where in the line, up to the cursor, words stand that are no options; a "
      "command\n"
      "# is none of them.\n"
      "function __fish_%NAME%_places\n"
      "    set -l line (commandline -opc)\n"
      "    set -l from 2\n"
      "    set -l valued" +
      valued(program.own.options) + "\n";
  if (!program.commands.empty()) {
    out +=
        "    if set -q line[2]; and not string match -q -- '-*' $line[2]\n"
        "        set from 3\n"
        "        switch $line[2]\n";
    for (const Syntax& one : program.commands) {
      out += "            case " + std::string(one.name) +
             "\n                set valued" + valued(one.options) + "\n";
    }
    out += "        end\n    end\n";
  }
  out += kPlaces;
  if (program.own.order == Order::before_words) out += "            set ended yes\n";
  if (!program.own.behind_words.empty()) {
    out += "            if test $count -eq " + std::to_string(program.own.words.size()) +
           "\n                set ended no\n                set valued" +
           valued(program.own.behind_words) + "\n            end\n";
  }
  return out + "        end\n    end\nend\n";
}

/// The function that says where the cursor is.
std::string at_function(const ProgramSyntax& program) {
  std::string out =
      "\n# Whether the words before the cursor are the command $argv[1] (empty for "
      "none)\n"
      "# with $argv[2] words that are no options: `1`, or `1+` for one and more.\n"
      "function __fish_%NAME%_at\n";
  if (!program.commands.empty()) {
    out +=
        "    set -l line (commandline -opc)\n"
        "    set -l command ''\n"
        "    if set -q line[2]; and not string match -q -- '-*' $line[2]\n"
        "        set command $line[2]\n"
        "    end\n"
        "    test \"$command\" = \"$argv[1]\"; or return 1\n";
  }
  return out + std::string(kAt);
}

constexpr std::string_view kProgram = R"FISH(
function __fish_%NAME%_program
    set -l line (commandline -opc)
    set -l places (__fish_%NAME%_places)
    set -l own
    test -n "$places[%PLACE%]"; and set own (string escape -- $line[$places[%PLACE%]..-1])
    complete "--do-complete=$(string join ' ' -- $own (commandline -ct))"
end
)FISH";

/// The program that the command line starts is completed as if it stood alone.
std::string program_function(const Syntax& syntax) {
  for (std::size_t i = 0; i < syntax.words.size(); ++i) {
    if (syntax.words[i].kind != WordKind::program) continue;
    return filled_in(kProgram, "%PLACE%", std::to_string(i + 1));
  }
  return "";
}

/// All that is about one program, without its other names.
std::string program_text(const ProgramSyntax& program) {
  std::string out =
      places_function(program) + at_function(program) + program_function(program.own) +
      "\ncomplete -c %NAME% -e\ncomplete -c %NAME% -f\n" + lines_of(program.own, "");
  for (const Syntax& one : program.commands) {
    out += "\ncomplete -c %NAME% -n \"__fish_%NAME%_at ''\" -a " + std::string(one.name) +
           " -d " + quoted(one.summary) + "\n" + lines_of(one, one.name);
  }
  return with_name(out, program.own.name);
}

}  // namespace

std::string fish_completion(const ProgramSyntax& program) {
  std::string out = with_name(kHead, program.own.name) + program_text(program);
  for (const std::string_view other : program.other_names) {
    out += "\ncomplete -c " + std::string(other) + " -w " +
           std::string(program.own.name) + "\n";
  }
  for (const Syntax& one : program.small_programs) out += program_text({one});
  return out;
}

}  // namespace cli
