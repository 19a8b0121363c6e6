#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/error.h"

namespace publish {

/// The numbers of a $GENERATE directive (BIND 9): `1-10` or `0-100/4`.
struct GenerateRange {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t step = 1;
};

/// The code of what name servers may carry out and this reader does not.

/// The range of such a word. Error kind `usage`, code `bad_zone`: no range, and
/// `generate_bound`: one of more than 65,536 numbers.
[[nodiscard]] base::Result<GenerateRange> generate_range(std::string_view word);

/// A word of the template for one number: `$` is the number, `${offset,width,base}` the
/// number with these (base d, o, x, X, n or N), `$$` and `\$` are a dollar sign. Error
/// kind `usage`, code `bad_zone`.
[[nodiscard]] base::Result<std::string> generated(std::string_view word,
                                                  std::uint32_t number);

}  // namespace publish
