#include "cli/option_words.h"

#include <string>
#include <vector>

#include "cli/suggest.h"
#include "src/base/bytes.h"

namespace cli {
namespace {

base::Error usage(std::string what) {
  return {base::ErrorKind::usage, base::Code::usage, std::move(what)};
}

}  // namespace

base::Error bad_option(int code, char** argv, std::span<const option> known,
                       std::string_view program) {
  // Where letters stand together getopt tells the one that it stopped at.
  const bool is_letter = optopt > 0 && optopt < kFirstLongOption;
  const std::string word = is_letter ? std::string{'-', static_cast<char>(optopt)}
                                     : base::printable(argv[optind - 1], base::kWord);
  if (code == ':') return usage("option " + word + " needs an argument");
  std::vector<std::string> names;
  for (const option& one : known) {
    if (one.name != nullptr) names.push_back("--" + std::string(one.name));
  }
  const std::vector<std::string_view> words(names.begin(), names.end());
  const std::string near = suggestion(word.substr(0, word.find('=')), words);
  return usage("unknown option " + word +
               (near.empty() ? "; see " + std::string(program) + " --help" : near));
}

}  // namespace cli
