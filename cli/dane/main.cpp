// dane: looks up, makes, verifies and lints TLSA records. Each subcommand has a file of
// its own in cli/dane.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>

#include "cli/dane/command.h"
#include "cli/json_target.h"
#include "cli/options/completion.h"
#include "cli/options/option_list.h"
#include "cli/options/option_reader.h"
#include "cli/start.h"
#include "cli/suggest.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "src/base/bytes.h"

namespace {

using namespace cli::dane;

std::string help() {
  std::string out =
      "usage: dane COMMAND [OPTIONS] [ARGUMENTS]\n\n"
      "TLSA records (DANE): look up, check, make, verify, lint, audit.\n\n";
  for (const Command* command : commands()) {
    std::string name(command->name);
    name.resize(14, ' ');
    out += "  " + name + std::string(command->summary) + "\n";
  }
  return out + "\n" + cli::option_list(own_options()) +
         "\n`dane help COMMAND` says more; dane(1) and dane-COMMAND(1) all of it.\n"
         "Exit status: 0 verified or fine, 1 not verified or findings, 2 bad input,\n"
         "3 not decided now.\n";
}

int fail(const base::Error& error) {
  return cli::tell_failure(base::printable(error.detail, base::kMessage),
                           static_cast<int>(outcome_of(error.kind)));
}

/// Standard output becomes what `--json=FILE|FD` names, for all that is printed. The
/// result is what standard output was, or nothing where it stays. A file keeps what is in
/// it until there is something to take its place: a mistyped word costs nobody his
/// results.
base::Result<io::Descriptor> redirect_json(const Arguments& arguments) {
  const auto word = arguments.value("json");
  if (!word || word->empty()) return io::Descriptor();
  const auto target = cli::json_target(*word);
  if (!target) return tl::unexpected(target.error());
  if (auto open = cli::expect_open(*target); !open) return tl::unexpected(open.error());
  const auto descriptor = cli::open_json(*target);
  if (!descriptor) return tl::unexpected(descriptor.error());
  io::Descriptor before(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!before || dup2(descriptor->get(), STDOUT_FILENO) != STDOUT_FILENO) {
    return base::fail(base::ErrorKind::internal, base::Code::dup,
                      base::system_message(errno));
  }
  if (!target->file.empty()) {
    cli::set_before_output([] { cli::empty_json(STDOUT_FILENO); });
  }
  return before;
}

int run(const Command& command, const std::vector<std::string>& words) {
  if (command.prepare != nullptr) command.prepare(words);
  const std::vector<cli::Option> options = options_of(command);
  const auto arguments =
      Arguments::parse(words, options, "dane " + std::string(command.name));
  if (!arguments) return fail(arguments.error());
  if (arguments->has("help")) return cli::print(help_of(command)), 0;
  io::Descriptor before;
  if (command.json == JsonOpener::main) {
    auto redirected = redirect_json(*arguments);
    if (!redirected) return fail(redirected.error());
    before = std::move(*redirected);
  }
  const auto outcome = command.run(*arguments);
  if (outcome) return static_cast<int>(*outcome);
  // What a failure says is no JSON, also where a plug-in says it on standard output.
  if (before && std::fflush(stdout) == 0) {
    cli::set_before_output(nullptr);
    (void)dup2(before.get(), STDOUT_FILENO);
  }
  return fail(outcome.error());
}

/// All that shells have to know of dane.
cli::ProgramSyntax syntax(const std::vector<std::vector<cli::Option>>& options) {
  cli::ProgramSyntax out{{.name = "dane", .options = own_options()}};
  cli::Word any{"COMMAND"};
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Command& command = *commands()[i];
    any.choices.emplace_back(command.name);
    out.commands.push_back({command.name, command.summary, options[i], command.words});
  }
  out.commands.push_back({.name = "help",
                          .summary = "what a command is for, and its options",
                          .words = {std::move(any)}});
  return out;
}

int print_completion(std::string_view shell) {
  std::vector<std::vector<cli::Option>> options;
  for (const Command* command : commands()) options.push_back(options_of(*command));
  const auto text = cli::completion_for(shell, syntax(options));
  if (!text) return fail(text.error());
  cli::print(*text);
  return 0;
}

int run_command(const std::vector<std::string>& words) {
  const auto found = std::ranges::find_if(
      commands(), [&](const Command* command) { return command->name == words[0]; });
  if (found != commands().end()) return run(**found, {words.begin() + 1, words.end()});
  std::vector<std::string_view> known;
  for (const Command* command : commands()) known.push_back(command->name);
  const std::string is_near = cli::suggestion(words[0], known);
  return fail({base::ErrorKind::usage, base::Code::usage,
               "unknown command " + base::printable(words[0], base::kWord) +
                   (is_near.empty() ? "; see dane --help" : is_near)});
}

int start(const std::vector<std::string>& words) {
  cli::OptionReader reader("dane", own_options(), cli::Order::before_words, words);
  const auto given = reader.next();
  if (!given) return fail(given.error());
  if (*given && (*given)->code == kOwnCompletion)
    return print_completion((*given)->value);
  if (*given && (*given)->code == kOwnVersion) {
    cli::print(cli::version_text("dane"));
    return 0;
  }
  if (words.empty()) {
    return fail(
        {base::ErrorKind::usage, base::Code::usage, "no command; see dane --help"});
  }
  const bool is_help = *given || words[0] == "help";
  if (is_help && words.size() > 1) return run_command({words[1], "--help"});
  if (is_help) {
    cli::print(help());
    return 0;
  }
  return run_command(words);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kUndecided = 3;
  cli::run_program(
      "dane",
      [&] {
        cli::end_by_sigpipe();
        return start({argv + std::min(argc, 1), argv + argc});
      },
      kUndecided);
}
