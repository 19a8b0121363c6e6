#include "cli/options/ucspi_options.h"

#include "cli/options/completion.h"

namespace cli {

Option allow_truncation_option() {
  return {.name = "allow-truncation",
          .help = "an end without close_notify is no error",
          .code = kAllowTruncation};
}

void add_resolver_options(std::vector<Option>& to) {
  const auto resolving = resolver_options();
  to.insert(to.end(), resolving.begin(), resolving.end());
}

void add_verbosity(std::vector<Option>& to) {
  to.push_back(
      {.letter = 'q', .help = "say nothing", .section = "Output and environment"});
  to.push_back({.letter = 'Q', .help = "say errors (the default)"});
  to.push_back({.letter = 'v', .help = "say everything"});
}

void add_variables(std::vector<Option>& to) {
  to.push_back({.letter = 's', .opposite = 'S', .help = "set the SSL_* variables"});
  to.push_back(
      {.letter = 'e', .opposite = 'E', .help = "set TCP* copies of the variables"});
}

Option help_option() { return {.name = "help", .help = "print this", .code = kShowHelp}; }

void add_about_itself(std::vector<Option>& to) {
  to.push_back(completion_option());
  to.back().code = kShowCompletion;
  to.push_back(help_option());
  to.push_back({.name = "version", .help = "print the version", .code = kShowVersion});
}

std::vector<Option> options_handed_on(std::span<const Option> table) {
  std::vector<Option> out;
  for (const Option& one : table) {
    const bool is_about_itself =
        one.code == kShowCompletion || one.code == kShowHelp || one.code == kShowVersion;
    if (!is_about_itself) out.push_back(one);
  }
  return out;
}

Syntax ucspi_syntax(std::string_view name, std::span<const Option> table) {
  return {.name = name,
          .options = table,
          .words = {{"HOST", WordKind::host},
                    {"PORT", WordKind::service},
                    {"PROGRAM", WordKind::program}},
          .order = Order::before_words};
}

}  // namespace cli
