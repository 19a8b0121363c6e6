#include "cli/dane/command.h"

#include <getopt.h>

#include <algorithm>

#include "cli/suggest.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr int kFirst = 256;

std::vector<option> for_getopt(std::span<const Option> options) {
  std::vector<option> out;
  for (const Option& entry : options) {
    const int code = kFirst + static_cast<int>(out.size());
    const int argument = entry.may_take_value ? optional_argument
                         : entry.takes_value  ? required_argument
                                              : no_argument;
    out.push_back({entry.name, argument, nullptr, code});
  }
  out.push_back({nullptr, 0, nullptr, 0});
  return out;
}

/// The letters as getopt wants them: a colon first, to be told of missing values.
std::string letters_of(std::span<const Option> options) {
  std::string out = ":";
  for (const Option& entry : options) {
    if (entry.letter != '\0') out += entry.letter + std::string(entry.takes_value, ':');
  }
  return out;
}

/// The option that a code of getopt stands for.
const Option* option_of(std::span<const Option> options, int code) {
  if (code >= kFirst) return &options[static_cast<std::size_t>(code - kFirst)];
  const auto found = std::ranges::find_if(options, [&](const Option& entry) {
    return entry.letter != '\0' && entry.letter == code;
  });
  return found == options.end() ? nullptr : &*found;
}

/// Which options a word that is none may mean: those that it begins, or the nearest.
std::string what_is_no_option(const std::string& word,
                              const std::vector<std::string_view>& all) {
  std::string begun;
  for (const std::string_view name : all) {
    if (name == word) return "option " + word + " takes no value";
    if (word.size() > 2 && name.starts_with(word)) {
      begun += (begun.empty() ? "" : ", ") + std::string(name);
    }
  }
  return begun.empty() ? "unknown option " + word + suggestion(word, all)
                       : "option " + word + " may be " + begun;
}

}  // namespace

tl::unexpected<base::Error> usage_error(std::string detail) {
  return base::fail(base::ErrorKind::usage, base::Code::usage, std::move(detail));
}

base::Result<Arguments> Arguments::parse(const std::vector<std::string>& words,
                                         std::span<const Option> options) {
  const auto known = for_getopt(options);
  const std::string letters = letters_of(options);
  std::vector<std::string> copies = {"dane"};  // getopt sorts the pointers to these
  copies.insert(copies.end(), words.begin(), words.end());
  std::vector<char*> argv;
  argv.reserve(copies.size() + 1);
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int argc = static_cast<int>(copies.size());
  Arguments out;
  opterr = 0;
  optind = 0;  // a fresh start for glibc
  for (;;) {
    const int at = optind == 0 ? 1 : optind;
    const int code =
        getopt_long(argc, argv.data(), letters.c_str(), known.data(), nullptr);
    if (code == -1) break;
    const std::string word = base::printable(
        argv.at(static_cast<std::size_t>(optind > 1 ? optind - 1 : at)), base::kWord);
    if (code == ':') return usage_error("option " + word + " needs a value");
    const Option* option = option_of(options, code);
    if (option == nullptr) {
      std::vector<std::string> names;
      for (const Option& one : options) names.push_back("--" + std::string(one.name));
      const std::vector<std::string_view> all(names.begin(), names.end());
      return usage_error(what_is_no_option(word.substr(0, word.find('=')), all));
    }
    out.options_.emplace(option->name, optarg == nullptr ? "" : optarg);
  }
  for (int i = optind; i < argc; ++i) {
    out.words_.emplace_back(argv.at(static_cast<std::size_t>(i)));
  }
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
