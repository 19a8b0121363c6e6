#pragma once

#include <string>
#include <string_view>

namespace cli {

/// The version of these programs: `1.0.0`.
[[nodiscard]] std::string_view version();

/// Who made a bundle of evidence, as it says itself: `ucspi-dane 1.0.0`.
[[nodiscard]] std::string maker();

/// What `--version` says: the program's own version, and a line for each library that it
/// was built with, so that whoever hears of a hole in one can tell whether it is inside.
[[nodiscard]] std::string version_text(std::string_view program);

}  // namespace cli
