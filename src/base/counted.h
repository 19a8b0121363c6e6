#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

/// A number and what it counts: `1 mail server`, `3 mail servers`. Where no word for more
/// than one is given, it is the first with an s.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view more = {});

}  // namespace base
