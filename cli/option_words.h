#pragma once

#include <getopt.h>

#include <span>
#include <string_view>

#include "src/base/error.h"

namespace cli {

/// The first of the numbers that getopt_long returns for words with two hyphens; those
/// below are letters.
inline constexpr int kFirstLongOption = 256;

/// What is wrong with the option at which getopt_long has stopped with `code`, `:` or
/// `?`: it needs an argument, or nobody knows it. A word that is near to a known one is
/// told; else the help of `program` is.
[[nodiscard]] base::Error bad_option(int code, char** argv, std::span<const option> known,
                                     std::string_view program);

}  // namespace cli
