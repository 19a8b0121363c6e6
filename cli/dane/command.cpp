#include "cli/dane/command.h"

#include <array>

#include "cli/options/completion.h"
#include "cli/options/option_list.h"
#include "cli/options/option_reader.h"

namespace cli::dane {
tl::unexpected<base::Error> usage_error(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::usage, std::move(detail));
}

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 16> kCommands = {
      &kLookup,    &kCheck,   &kConnect,   &kMake,   &kVerify,   &kVerifyPkix,
      &kMatchName, &kToAscii, &kToUnicode, &kZone,   &kRollover, &kTlsrpt,
      &kAudit,     &kReplay,  &kEvidence,  &kExplain};
  return kCommands;
}

std::span<const Option> own_options() {
  static const std::vector<Option> kOptions = [] {
    Option completion = completion_option();
    completion.code = kOwnCompletion;
    return std::vector<Option>{
        completion,
        {.name = "help", .letter = 'h', .help = "print this", .code = kOwnHelp},
        {.name = "version", .help = "print the version", .code = kOwnVersion}};
  }();
  return kOptions;
}

std::vector<Option> options_of(const Command& command) {
  std::vector<Option> out;
  if (command.options != nullptr) out = command.options();
  out.push_back({.name = "help", .letter = 'h', .help = "print this"});
  return out;
}

std::string help_of(const Command& command) {
  std::string out(command.usage);
  out += "\n\n";
  if (!command.about.empty()) out += std::string(command.about) + "\n";
  out += option_list(options_of(command));
  if (!command.ending.empty()) out += "\n" + std::string(command.ending);
  return out;
}

Option json_option(std::string_view help) {
  return {.name = "json",
          .value = {"FILE|FD", WordKind::file},
          .may_stand_alone = true,
          .help = help};
}

base::Result<Arguments> Arguments::parse(const std::vector<std::string>& words,
                                         std::span<const Option> options,
                                         std::string_view program) {
  OptionReader reader(program, options, Order::anywhere, words);
  Arguments out;
  for (;;) {
    const auto given = reader.next();
    if (!given) return tl::unexpected(given.error());
    if (!*given) break;
    const char* const value = (*given)->value;
    out.options_.emplace((*given)->option->name, value == nullptr ? "" : value);
  }
  out.words_ = reader.rest();
  return out;
}

bool Arguments::has(std::string_view option) const {
  return options_.find(option) != options_.end();
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto all = values(option);
  return all.empty() ? std::nullopt : std::optional(all.back());
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  std::vector<std::string> out;
  const auto [begin, end] = options_.equal_range(option);
  for (auto entry = begin; entry != end; ++entry) out.push_back(entry->second);
  return out;
}

std::string Arguments::options_text() const {
  std::string out;
  for (const auto& [name, value] : options_) {
    out += (out.empty() ? "--" : " --") + name;
    if (!value.empty()) out += "=" + value;
  }
  return out;
}

base::Result<void> Arguments::expect_words(std::size_t least, std::size_t most,
                                           std::string_view usage) const {
  if (words_.size() >= least && words_.size() <= most) return {};
  constexpr std::string_view kHead = "usage: ";
  if (usage.starts_with(kHead)) usage.remove_prefix(kHead.size());
  usage = usage.substr(0, usage.find('\n'));
  return usage_error((words_.size() < least ? "too few words: " : "too many words: ") +
                     std::string(usage));
}

}  // namespace cli::dane
