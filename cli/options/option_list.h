#pragma once

#include <span>
#include <string>

#include "cli/options/option.h"

namespace cli {

/// How an option is written for people: `-f, --file FILE`, `-x, -X`, `--json[=FILE|FD]`.
[[nodiscard]] std::string spelling_of(const Option& option);

/// The lines of --help about these options, at most 80 columns wide, under the headings
/// of their sections. An old spelling stands in the line of its option.
[[nodiscard]] std::string option_list(std::span<const Option> options);

/// Several words for people: `none, dane or all`.
[[nodiscard]] std::string alternatives(std::span<const std::string> words);

}  // namespace cli
