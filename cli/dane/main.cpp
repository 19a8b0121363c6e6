// dane: looks up, makes, verifies and lints TLSA records. Each subcommand has a file of
// its own in cli/dane.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string>

#include "cli/dane/command.h"
#include "cli/json_target.h"
#include "cli/start.h"
#include "cli/suggest.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "src/base/bytes.h"

namespace {

using namespace cli::dane;

const std::array<const Command*, 14> kCommands = {
    &kLookup,  &kCheck,     &kConnect, &kMake,     &kVerify, &kVerifyPkix, &kMatchName,
    &kToAscii, &kToUnicode, &kZone,    &kRollover, &kTlsrpt, &kAudit,      &kExplain};

std::string help() {
  std::string out =
      "usage: dane COMMAND [OPTIONS] [ARGUMENTS]\n\n"
      "TLSA records (DANE): look up, check, make, verify, lint, audit.\n\n";
  for (const Command* command : kCommands) {
    std::string name(command->name);
    name.resize(14, ' ');
    out += "  " + name + std::string(command->summary) + "\n";
  }
  return out +
         "\n`dane help COMMAND` says more; dane(1) and dane-COMMAND(1) all of it.\n"
         "Exit status: 0 verified or fine, 1 not verified or findings, 2 bad input,\n"
         "3 not decided now.\n";
}

int fail(const base::Error& error) {
  return cli::tell_failure(base::printable(error.detail, base::kMessage),
                           static_cast<int>(outcome_of(error.kind)));
}

/// `--json` of a command that writes it to standard output: with a value it goes there.
Option* plain_json(std::vector<Option>& options) {
  const auto found = std::ranges::find_if(options, [](const Option& option) {
    return std::string_view(option.name) == "json" && !option.may_take_value;
  });
  return found == options.end() ? nullptr : &*found;
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
  std::vector<Option> options = command.options;
  Option* const json = plain_json(options);
  const bool writes_json = json != nullptr;
  if (writes_json) json->may_take_value = true;
  options.push_back({"help", false, 'h'});
  const auto arguments = Arguments::parse(words, options);
  if (!arguments) return fail(arguments.error());
  if (arguments->has("help")) {
    std::fwrite(command.help.data(), 1, command.help.size(), stdout);
    return 0;
  }
  io::Descriptor before;
  if (writes_json) {
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

int start(const std::vector<std::string>& words) {
  if (words.empty()) {
    return fail(
        {base::ErrorKind::usage, base::Code::usage, "no command; see dane --help"});
  }
  const bool is_help = words[0] == "--help" || words[0] == "-h" || words[0] == "help";
  if (is_help && words.size() > 1) return start({words[1], "--help"});
  if (is_help) {
    std::fputs(help().c_str(), stdout);
    return 0;
  }
  if (words[0] == "--version") {
    std::fputs(cli::version_text("dane").c_str(), stdout);
    return 0;
  }
  const auto found = std::ranges::find_if(
      kCommands, [&](const Command* command) { return command->name == words[0]; });
  if (found == kCommands.end()) {
    std::vector<std::string_view> known;
    known.reserve(kCommands.size());
    for (const Command* command : kCommands) known.push_back(command->name);
    const std::string is_near = cli::suggestion(words[0], known);
    return fail({base::ErrorKind::usage, base::Code::usage,
                 "unknown command " + base::printable(words[0], base::kWord) +
                     (is_near.empty() ? "; see dane --help" : is_near)});
  }
  return run(**found, {words.begin() + 1, words.end()});
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
