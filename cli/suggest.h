#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cli {

/// `; did you mean mismatch?` for a word that somebody mistyped, if one of the known ones
/// is near to it: two letters changed, left out, put in or swapped, and fewer in short
/// words. Empty if none is.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     std::span<const std::string_view> known);

}  // namespace cli
