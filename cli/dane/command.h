// cli/dane: the program dane, a command a file.
//
// A command is a value (Command): its name, its help, its options and the function that
// does the work; main.cpp looks for the one that argv names. What several commands share:
// files.h (chains, trust stores), judging.h (a verdict in words), resolving.h (a resolver
// from the options), owner.h (host, port and protocol) and report_targets.h.
// A check meets the network by way of client::Contact, or what was recorded of it for
// `dane replay` (replay_job.h, replay_again.h). evidence_verbs.h has the verbs of
// `dane evidence`, stamping.h asks witnesses.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/option_reader.h"
#include "src/base/error.h"

namespace cli::dane {

/// How a subcommand ends; the values are the exit statuses.
enum class Outcome : int {
  fine = 0,       ///< proved, or nothing to complain about
  findings = 1,   ///< not proved, or something to complain about
  bad_input = 2,  ///< the command line or a file is wrong
  undecided = 3,  ///< it could not be found out now; later it may
};

/// The exit status of an error that ended a subcommand.
[[nodiscard]] constexpr Outcome outcome_of(base::ErrorKind kind) {
  return kind == base::ErrorKind::usage || kind == base::ErrorKind::permanent
             ? Outcome::bad_input
             : Outcome::undecided;
}

/// What stands on a command line behind the subcommand.
class Arguments {
 public:
  /// Options anywhere, `--` ends them; `program` is who has the help. Error kind `usage`.
  [[nodiscard]] static base::Result<Arguments> parse(
      const std::vector<std::string>& words, std::span<const Option> options,
      std::string_view program = "dane");

  [[nodiscard]] bool has(std::string_view option) const;
  /// The last value of an option.
  [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
  /// All of them, in order.
  [[nodiscard]] std::vector<std::string> values(std::string_view option) const;
  /// The options as somebody may write them again: `--probe=all --quick`, sorted by name.
  [[nodiscard]] std::string options_text() const;
  /// The words that are no options.
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
  /// An error if there are fewer or more of them.
  [[nodiscard]] base::Result<void> expect_words(std::size_t least, std::size_t most,
                                                std::string_view usage) const;

 private:
  std::multimap<std::string, std::string, std::less<>> options_;
  std::vector<std::string> words_;
};

/// Who opens what `--json=FILE` names.
enum class JsonOpener { main, command };

/// A subcommand: its own file, its own man page.
struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view usage;  ///< `usage: dane ...`, a line or more, the last without end
  std::string_view about = {};                 ///< lines of --help above the options
  std::string_view ending = {};                ///< lines of --help below them
  std::vector<Option> (*options)() = nullptr;  ///< made when they are asked for
  std::vector<Word> words = {};                ///< those that are no options
  base::Result<Outcome> (*run)(const Arguments& arguments) = nullptr;
  /// What has to be seen to before the command line is read.
  void (*prepare)(const std::vector<std::string>& words) = nullptr;
  JsonOpener json = JsonOpener::main;
};

/// The options of a command, with that which all of them have: `--help`.
[[nodiscard]] std::vector<Option> options_of(const Command& command);

/// What `--help` of a command prints.
[[nodiscard]] std::string help_of(const Command& command);

/// `--json`, and what it writes.
[[nodiscard]] Option json_option(std::string_view help = "one JSON object");

extern const Command kLookup;
extern const Command kCheck;
extern const Command kConnect;
extern const Command kMake;
extern const Command kVerify;
extern const Command kVerifyPkix;
extern const Command kMatchName;
extern const Command kToAscii;
extern const Command kToUnicode;
extern const Command kZone;
extern const Command kRollover;
extern const Command kTlsrpt;
extern const Command kAudit;
extern const Command kReplay;
extern const Command kEvidence;
extern const Command kExplain;

/// The options that stand in the place of a command, and their codes.
enum OwnOption : int { kOwnCompletion = kFirstCode, kOwnHelp, kOwnVersion };
[[nodiscard]] std::span<const Option> own_options();

/// All of them, as `dane --help` lists them.
[[nodiscard]] std::span<const Command* const> commands();

/// Error kind `usage` with this line.
[[nodiscard]] tl::unexpected<base::Error> usage_error(std::string detail);

}  // namespace cli::dane
