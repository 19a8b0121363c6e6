#pragma once

#include <stdexcept>
#include <string>

#include "src/base/error_code.h"

namespace base {

/// The code of a word, for tables of words.
inline Code code_named(std::string_view word) {
  for (int i = 0; i <= static_cast<int>(Code::bad_policy); ++i) {
    const Code code = static_cast<Code>(i);
    if (to_text(code) == word) return code;
  }
  throw std::invalid_argument(std::string(word));
}

}  // namespace base
