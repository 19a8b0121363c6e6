// What zsh sources, or finds as `_PROGRAM` in a folder of its fpath: the specifications
// of _arguments(zshcompsys), those of a command behind the command.

#include "cli/options/completion.h"

namespace cli {
namespace {

/// A word of the shell, in single quotes.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The text, with a backslash before each of the characters that end a part of a
/// specification.
std::string escaped(std::string_view text, std::string_view ends) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || ends.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string action_of(const Word& word) {
  if (!word.choices.empty()) {
    std::string out;
    for (const std::string& one : word.choices) {
      out += (out.empty() ? "(" : " ") + escaped(one, ":() ");
    }
    return out + ")";
  }
  switch (word.kind) {
    case WordKind::file:
      return "_files";
    case WordKind::folder:
      return "_files -/";
    case WordKind::host:
      return "_hosts";
    case WordKind::service:
      return "_ports";
    case WordKind::user:
      return "_users";
    case WordKind::group:
      return "_groups";
    case WordKind::interface:
      return "_net_interfaces";
    case WordKind::program:
      return "_normal";
    default:
      return " ";  // a message, and nothing that could be inserted
  }
}

std::string message_and_action(const Word& word) {
  return escaped(word.name, ":") + ":" + action_of(word);
}

/// What stands behind the spelling: the description, and the value.
std::string tail_of(const Option& option, char letter) {
  std::string out = "[" + escaped(description_of(option, letter), "[]") + "]";
  if (option.value_need() == Need::never) return out;
  out += option.value_need() == Need::as_wanted ? "::" : ":";
  return out + message_and_action(option.value);
}

std::vector<std::string> specifications(const Option& option) {
  std::vector<std::string> spellings;
  for (const char letter : {option.letter, option.opposite}) {
    if (letter != '\0') spellings.push_back({'-', letter});
  }
  if (!option.name.empty()) spellings.push_back("--" + std::string(option.name));
  std::string head = option.repeatable ? "*" : "";
  if (!option.repeatable && spellings.size() > 1) {
    for (const std::string& one : spellings) head += (head.empty() ? "(" : " ") + one;
    head += ")";
  }
  const Need need = option.value_need();
  std::vector<std::string> out;
  for (const std::string& one : spellings) {
    const bool is_letter = one.size() == 2;
    const std::string_view joint = need == Need::never       ? ""
                                   : need == Need::as_wanted ? "=-"
                                   : is_letter               ? "+"
                                                             : "=";
    out.push_back(quoted(head + one + std::string(joint) +
                         tail_of(option, is_letter ? one[1] : '\0')));
  }
  return out;
}

/// What follows `_arguments`, a specification a line.
std::string arguments_of(const Syntax& syntax, std::string_view indent) {
  std::string out = "_arguments -s -S";
  if (syntax.order == Order::before_words) out += " -A '-*'";
  const std::string joint = " \\\n" + std::string(indent) + "  ";
  for (const Option& option : syntax.options) {
    if (!option.same_as.empty()) continue;
    for (const std::string& one : specifications(option)) out += joint + one;
  }
  for (std::size_t i = 0; i < syntax.words.size(); ++i) {
    const Word& word = syntax.words[i];
    const bool is_last = i + 1 == syntax.words.size();
    const std::string place = word.kind == WordKind::program ? "*::"
                              : is_last                      ? "*"
                                                             : std::to_string(i + 1);
    out += joint;
    out += quoted(place + ":" + message_and_action(word));
  }
  return out + "\n";
}

std::string command_line(const ProgramSyntax& program) {
  Syntax own = program.own;
  std::string out = "  local -a commands\n  commands=(\n";
  for (const Syntax& one : program.commands) {
    out +=
        "    " + quoted(escaped(one.name, ":") + ":" + std::string(one.summary)) + "\n";
  }
  out +=
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    _describe -t commands command commands && return\n"
      "  fi\n"
      "  if (( CURRENT == 2 )) || [[ $words[2] == -* ]]; then\n"
      "    " +
      arguments_of(own, "    ") +
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  curcontext=\"${curcontext%:*:*}:%NAME%-$command:\"\n"
      "  case $command in\n";
  for (const Syntax& one : program.commands) {
    out += "    " + std::string(one.name) + ")\n      " + arguments_of(one, "      ") +
           "      ;;\n";
  }
  return out + "  esac\n";
}

/// Behind all words of a small program the larger one's options are completed.
constexpr std::string_view kBehindWords =
    R"(      (( place < CURRENT )) && [[ $words[place] == -* ]] && (( place++ ))
      if (( CURRENT >= place + %WORDS% )); then
        words=($words[1] "${(@)words[place + %WORDS%,-1]}")
        (( CURRENT -= place + %WORDS% - 2 ))
)";

/// Small programs, each with a command line of its own. An option may stand in front of
/// the words, others behind all of them.
std::string small_programs(const ProgramSyntax& program) {
  if (program.small_programs.empty()) return "";
  std::string out = "  local -i place=2\n  case $service in\n";
  for (const Syntax& one : program.small_programs) {
    out += "    " + std::string(one.name) + ")\n";
    if (!one.behind_words.empty()) {
      out += filled_in(kBehindWords, "%WORDS%", std::to_string(one.words.size()));
      out += "        ";
      out += arguments_of({.name = "", .options = one.behind_words}, "        ");
      out += "        return\n      fi\n";
    }
    out += "      " + arguments_of(one, "      ") + "      return\n      ;;\n";
  }
  return out + "  esac\n";
}

}  // namespace

std::string zsh_completion(const ProgramSyntax& program) {
  std::string names(program.own.name);
  for (const std::string& other : all_other_names(program)) names += " " + other;
  std::string out = "#compdef " + names +
                    "\n# Completions of %NAME% for zsh; `%NAME% --completion zsh` prints "
                    "them.\n\n_%NAME%() {\n  local curcontext=$curcontext context state "
                    "state_descr line\n  typeset -A opt_args\n" +
                    small_programs(program);
  out += program.commands.empty() ? "  " + arguments_of(program.own, "  ")
                                  : command_line(program);
  // Sourced it announces itself; out of a folder of fpath it is the function's body.
  out +=
      "}\n\n"
      "if [[ $funcstack[1] == _%NAME% ]]; then\n"
      "  _%NAME% \"$@\"\n"
      "elif (( $+functions[compdef] )); then\n"
      "  compdef _%NAME% " +
      names + "\nfi\n";
  return with_name(out, program.own.name);
}

}  // namespace cli
