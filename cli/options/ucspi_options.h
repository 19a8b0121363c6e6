#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "cli/options/resolver_options.h"

namespace cli {

/// The codes of what both UCSPI programs have, behind those of ResolverOption.
enum UcspiOption : int {
  kAllowTruncation = kBehindResolverOptions,
  kShowHelp,
  kShowVersion,
  kShowCompletion,
  kBehindUcspiOptions,
};

[[nodiscard]] Option allow_truncation_option();

// Rows of a table, put behind those that are in it.

void add_resolver_options(std::vector<Option>& to);
/// -q, -Q and -v, which begin a section.
void add_verbosity(std::vector<Option>& to);
/// -s and -e: which variables the program gets.
void add_variables(std::vector<Option>& to);
/// --completion, --help and --version.
void add_about_itself(std::vector<Option>& to);

/// The rows of a table that a small program hands on: not those about the program itself.
[[nodiscard]] std::vector<Option> options_handed_on(std::span<const Option> table);
/// `--help` of a small program.
[[nodiscard]] Option help_option();

/// `NAME [OPTIONS] HOST PORT PROGRAM...`
[[nodiscard]] Syntax ucspi_syntax(std::string_view name, std::span<const Option> table);

}  // namespace cli
