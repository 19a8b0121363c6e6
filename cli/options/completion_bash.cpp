// What bash sources. A table of the command lines and a function over it: the table says,
// for each command, its options and what kind of word each value and each other word is;
// the function finds out what the word at the cursor is. bash-completion is used where it
// is there, and not needed.

#include "cli/options/completion.h"

namespace cli {
namespace {

std::string kind_of(const Word& word) {
  if (!word.choices.empty()) {
    std::string out;
    for (const std::string& one : word.choices) out += (out.empty() ? "" : ",") + one;
    return "one_of:" + out;
  }
  switch (word.kind) {
    case WordKind::file:
      return "file";
    case WordKind::folder:
      return "folder";
    case WordKind::host:
      return "host";
    case WordKind::service:
      return "service";
    case WordKind::user:
      return "user";
    case WordKind::group:
      return "group";
    case WordKind::interface:
      return "interface";
    case WordKind::program:
      return "program";
    default:
      return "text";
  }
}

/// The label of the row that holds behind the words of another one.
std::string label_behind(std::string_view label) {
  return "'" + std::string(label) + " behind'";
}

/// One `case` of the table.
std::string table_row(const Syntax& syntax, std::string_view label) {
  std::string options, values, behind, words;
  const auto add = [](std::string& to, const std::string& what) {
    to += (to.empty() ? "" : " ") + what;
  };
  for (const Option& one : syntax.options) {
    std::vector<std::string> spellings;
    for (const char letter : {one.letter, one.opposite}) {
      if (letter != '\0') spellings.push_back({'-', letter});
    }
    if (!one.name.empty()) spellings.push_back("--" + std::string(one.name));
    for (const std::string& spelling : spellings) {
      if (one.same_as.empty()) add(options, spelling);
      if (one.value_need() == Need::always) {
        add(values, spelling + "=" + kind_of(one.value));
      } else if (one.value_need() == Need::as_wanted) {
        add(behind, spelling + "=" + kind_of(one.value));
      }
    }
  }
  for (const Word& word : syntax.words) add(words, kind_of(word));
  const std::string first = syntax.order == Order::before_words ? "1" : "''";
  const std::string next = syntax.behind_words.empty() ? "''" : label_behind(label);
  std::string out = "        " + std::string(label) + ")\n            options='" +
                    options + "'\n            values='" + values +
                    "'\n            behind='" + behind + "'\n            words='" +
                    words + "' first=" + first + " next=" + next + "\n            ;;\n";
  if (!syntax.behind_words.empty()) {
    out += table_row({.name = "", .options = syntax.behind_words}, next);
  }
  return out;
}

constexpr std::string_view kHead =
    R"(# Completions of %NAME% for bash; `%NAME% --completion bash` prints them.

# What may stand behind a command ($1, empty for none): options; the kinds of the values
# that options take, and of those that stand behind = only; the kinds of other words;
# whether options stand in front of these alone; the row that holds when all are there.
_%NAME%_syntax() {
    case $1 in
)";

constexpr std::string_view kFunction = R"BASH(    esac
}

_%NAME%() {
    local options='' values='' behind='' words='' first='' next=''
    local command='' option='' ended='' offset='' program=${1##*/}
    local place=0 i j word rest=$COMP_LINE
    local -a line=() starts=() kinds
    COMPREPLY=()
    if [[ " $small_programs " != *" $program "* ]]; then program=''; fi
    _%NAME%_syntax "$program"
    # Words that bash has cut at =, : and @ are put together again.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ -n $COMP_LINE && $rest != [[:blank:]]* ]]; then
            line[${#line[@]} - 1]+=$word
        else
            line+=("$word")
            starts+=("$i")
        fi
        rest=${rest#*"$word"}
    done
    local last=$((${#line[@]} - 1)) cur=${line[-1]}
    for ((i = 1; i < last; i++)); do
        word=${line[i]}
        if [[ -n $option ]]; then
            option=''
        elif [[ -z $ended && $word == -- ]]; then
            ended=1
        elif [[ -z $ended && $word == --* ]]; then
            if [[ $word != *=* && " $values" == *" $word="* ]]; then option=$word; fi
        elif [[ -z $ended && $word == -?* ]]; then
            for ((j = 1; j < ${#word}; j++)); do
                if [[ " $values" == *" -${word:j:1}="* ]]; then
                    if ((j + 1 == ${#word})); then option=-${word:j:1}; fi
                    break
                fi
            done
        elif [[ -n $commands && -z $command ]]; then
            command=$word options='' values='' behind='' words=''
            _%NAME%_syntax "$command"
        else
            read -ra kinds <<<"$words"
            if [[ -z $offset && ${kinds[place]} == program ]]; then offset=${starts[i]}; fi
            place=$((place + 1))
            if [[ -n $first ]]; then ended=1; fi
            if [[ -n $next && $place == "${#kinds[@]}" ]]; then
                ended=''
                _%NAME%_syntax "$next"
            fi
        fi
    done

    local kind='' value=$cur prefix=''
    if [[ -z $option && -z $ended && $cur == --*=* ]]; then
        option=${cur%%=*} value=${cur#*=}
        if [[ $COMP_WORDBREAKS != *=* ]]; then prefix=$option=; fi
    elif [[ -z $option && -z $ended && $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    if [[ -n $option ]]; then
        if [[ " $values $behind " =~ " $option="([^ ]*) ]]; then kind=${BASH_REMATCH[1]}; fi
    elif [[ -n $commands && -z $command ]]; then
        kind=one_of:$commands
    else
        read -ra kinds <<<"$words"
        if ((${#kinds[@]})); then
            kind=${kinds[place < ${#kinds[@]} ? place : ${#kinds[@]} - 1]}
        fi
    fi
    case $kind in
        file | folder)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(
                if [[ $kind == file ]]; then compgen -f -- "$value"; else compgen -d -- "$value"; fi)
            ;;
        host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$value") ;;
        service) mapfile -t COMPREPLY < <(compgen -A service -- "$value") ;;
        user) mapfile -t COMPREPLY < <(compgen -u -- "$value") ;;
        group) mapfile -t COMPREPLY < <(compgen -g -- "$value") ;;
        interface)
            mapfile -t COMPREPLY < <(cd /sys/class/net 2>/dev/null && compgen -f -- "$value")
            ;;
        program)
            if declare -F _command_offset >/dev/null; then
                _command_offset "${offset:-$COMP_CWORD}"
            elif [[ -n $offset ]]; then
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "$value")
            else
                mapfile -t COMPREPLY < <(compgen -c -- "$value")
            fi
            ;;
        one_of:*)
            kind=${kind#one_of:}
            mapfile -t COMPREPLY < <(compgen -W "${kind//,/ }" -- "$value")
            ;;
    esac
    if [[ -n $prefix ]]; then COMPREPLY=("${COMPREPLY[@]/#/$prefix}"); fi
}
)BASH";

}  // namespace

std::string bash_completion(const ProgramSyntax& program) {
  const std::string_view name = program.own.name;
  std::string out = with_name(kHead, name);
  std::string commands;
  for (const Syntax& one : program.commands) {
    commands += (commands.empty() ? "" : ",") + std::string(one.name);
    out += table_row(one, one.name);
  }
  out += table_row(program.own, "''");
  std::string small;
  for (const Syntax& one : program.small_programs) {
    small += (small.empty() ? "" : " ") + std::string(one.name);
    out += table_row(one, one.name);
  }
  std::string body = with_name(kFunction, name);
  const std::string before = "    COMPREPLY=()\n";
  body.insert(body.find(before),
              "    local commands='" + commands + "' small_programs='" + small + "'\n");
  out += body + "\ncomplete -F _" + std::string(name) + " " + std::string(name);
  for (const std::string& other : all_other_names(program)) out += " " + other;
  return out + "\n";
}

}  // namespace cli
