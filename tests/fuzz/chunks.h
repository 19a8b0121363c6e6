#pragma once

#include <algorithm>

#include "src/base/bytes.h"

namespace fuzz {

/// Takes the next chunk, of a length in two octets, off the front of `input`.
[[nodiscard]] inline base::ByteView next_chunk(base::ByteView& input) {
  if (input.size() < 2) {
    input = {};
    return {};
  }
  const auto size = std::to_integer<std::size_t>(input[0]) << 8U |
                    std::to_integer<std::size_t>(input[1]);
  input = input.subspan(2);
  const auto chunk = input.first(std::min(size, input.size()));
  input = input.subspan(chunk.size());
  return chunk;
}

}  // namespace fuzz
