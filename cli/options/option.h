// cli/options: what may stand on a command line, said once.
//
// A table of Options (option.h) is what a program says of its options: letters, names,
// values, one line for people. option_reader.h reads a command line by it, so that
// `-fFILE`, `-f FILE`, `--file FILE` and `--file=FILE` mean one thing in every program;
// option_list.h writes the list that --help shows; completion.h writes the completions of
// bash, zsh and fish. Tests hold the manual pages against the same tables, in both
// directions. resolver_options.h has the options that several programs share,
// ucspi_options.h those of sslclient and sslserver.
//
// What an option does is no part of the table: each program knows it by letter or name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What a word on a command line is, so that a shell can complete it.
enum class WordKind {
  text,       ///< anything: nothing is proposed
  file,       ///< a file, or a folder on the way to it
  folder,     ///< a folder
  host,       ///< a name of a host
  service,    ///< a port or the name of a service
  user,       ///< a user of this machine
  group,      ///< a group of this machine
  interface,  ///< a network interface
  program,    ///< a program; what follows is its own command line
  one_of,     ///< one of `Word::choices`, and nothing else
};

/// A value of an option, or a word that is none.
struct Word {
  std::string_view name = {};  ///< as people read it: `FILE`
  WordKind kind = WordKind::text;
  std::vector<std::string> choices = {};  ///< what shells propose, also of other kinds
};

/// Whether a value must be there.
enum class Need { always, never, as_wanted };

/// One option, or a pair of letters of which the second one undoes the first.
struct Option {
  std::string_view name = {};  ///< without the hyphens; ends in NUL; empty for a letter
  char letter = '\0';
  char opposite = '\0';          ///< the letter that undoes it
  Word value = {};               ///< without a name: the option takes none
  bool may_stand_alone = false;  ///< `--json[=FILE]`: a value is there behind `=` only
  bool repeatable = false;       ///< every one counts, not the last one alone
  /// For --help, without the full stop; begins with a verb where there is an opposite.
  std::string_view help = {};
  std::string_view same_as =
      {};  ///< the name of another option, for an old spelling of it
  std::string_view section = {};  ///< the heading of --help that begins with this option
  int code = 0;  ///< what `Given::code` is for the name; 0 for that of the letter

  [[nodiscard]] Need value_need() const {
    if (value.name.empty()) return Need::never;
    return may_stand_alone ? Need::as_wanted : Need::always;
  }
};

/// Where options may stand.
enum class Order {
  anywhere,     ///< among the other words, up to `--`
  before_words  ///< in front of the first word that is none, as UCSPI programs have it
};

/// A command line as its reader and the shells know it.
struct Syntax {
  std::string_view name;          ///< of the program, or of one of its commands
  std::string_view summary = {};  ///< of a command
  std::span<const Option> options = {};
  std::vector<Word> words = {};  ///< those that are no options; the last may be repeated
  Order order = Order::anywhere;
  /// Options that stand behind all the words and nowhere else, as those that a small
  /// program hands to a larger one.
  std::span<const Option> behind_words = {};
};

}  // namespace cli
