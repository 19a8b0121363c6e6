#include "cli/options/option_reader.h"

#include <algorithm>

#include "cli/suggest.h"
#include "src/base/bytes.h"

namespace cli {
namespace {

std::string letters_of(std::span<const Option> table, Order order) {
  // A colon first: who leaves a value out is told so.
  std::string out = order == Order::before_words ? "+:" : ":";
  for (const Option& one : table) {
    for (const char letter : {one.letter, one.opposite}) {
      if (letter == '\0') continue;
      out += letter;
      if (one.value_need() == Need::always) out += ':';
    }
  }
  return out;
}

/// The names as getopt_long has them; the place in the table is what it returns.
std::vector<option> names_of(std::span<const Option> table) {
  std::vector<option> out;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].name.empty()) continue;
    const Need need = table[i].value_need();
    const int argument = need == Need::always      ? required_argument
                         : need == Need::as_wanted ? optional_argument
                                                   : no_argument;
    out.push_back(
        {table[i].name.data(), argument, nullptr, kFirstCode + static_cast<int>(i)});
  }
  out.push_back({nullptr, 0, nullptr, 0});
  return out;
}

}  // namespace

OptionReader::OptionReader(std::string_view program, std::span<const Option> table,
                           Order order, std::vector<std::string> words)
    : program_(program),
      table_(table),
      words_(std::move(words)),
      names_(names_of(table)),
      letters_(letters_of(table, order)) {
  words_.insert(words_.begin(), program_);
  for (std::string& word : words_) argv_.push_back(word.data());
  argv_.push_back(nullptr);
  opterr = 0;
  optind = 0;  // a fresh start for glibc
}

base::Result<std::optional<Given>> OptionReader::next() {
  const int found = getopt_long(static_cast<int>(words_.size()), argv_.data(),
                                letters_.c_str(), names_.data(), nullptr);
  if (found == -1) return std::nullopt;
  if (found == '?' || found == ':') return tl::unexpected(failure(found));
  if (found >= kFirstCode) {
    const Option& one = table_[static_cast<std::size_t>(found - kFirstCode)];
    return Given{&one, one.code != 0 ? one.code : one.letter, optarg};
  }
  const auto one = std::ranges::find_if(table_, [found](const Option& option) {
    return option.letter == found || option.opposite == found;
  });
  return Given{&*one, found, optarg};
}

std::vector<std::string> OptionReader::rest() const {
  return {argv_.begin() + optind, argv_.end() - 1};
}

/// What is wrong with the option at which getopt_long has stopped with `code`.
base::Error OptionReader::failure(int code) const {
  const auto usage = [](std::string what) {
    return base::Error{base::ErrorKind::usage, base::Code::usage, std::move(what)};
  };
  // Where letters stand together getopt tells the one that it stopped at.
  const bool is_letter = optopt > 0 && optopt < kFirstCode;
  if (optopt >= kFirstCode) {
    const Option& one = table_[static_cast<std::size_t>(optopt - kFirstCode)];
    return usage("option --" + std::string(one.name) +
                 (code == ':' ? " needs a value" : " takes no value"));
  }
  if (is_letter && code == ':') {
    return usage("option " + std::string{'-', static_cast<char>(optopt)} +
                 " needs a value");
  }
  if (is_letter) {
    return usage(
        "unknown option " +
        base::printable(std::string{'-', static_cast<char>(optopt)}, base::kWord) +
        "; see " + program_ + " --help");
  }
  const std::string word = argv_.at(static_cast<std::size_t>(optind - 1));
  return usage(unknown(base::printable(word.substr(0, word.find('=')), base::kWord)));
}

/// What a word with two hyphens that is no option may mean: options that it begins, or
/// the nearest one.
std::string OptionReader::unknown(const std::string& word) const {
  std::vector<std::string> names;
  std::string begun;
  for (const Option& one : table_) {
    if (one.name.empty()) continue;
    names.push_back("--" + std::string(one.name));
    if (word.size() > 2 && names.back().starts_with(word)) {
      begun += (begun.empty() ? "" : ", ") + names.back();
    }
  }
  if (!begun.empty()) return "option " + word + " may be " + begun;
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string near = suggestion(word, known);
  return "unknown option " + word +
         (near.empty() ? "; see " + program_ + " --help" : near);
}

}  // namespace cli
