#include "src/io/close_others.h"

#include <unistd.h>

#include <algorithm>
#include <limits>

namespace io {

void close_others(std::vector<int> kept) {
  std::ranges::sort(kept);
  unsigned next = 0;
  for (const int fd : kept) {
    if (fd < 0) continue;
    const auto number = static_cast<unsigned>(fd);
    if (number > next) (void)close_range(next, number - 1, 0);
    next = std::max(next, number + 1);
  }
  (void)close_range(next, std::numeric_limits<unsigned>::max(), 0);
}

}  // namespace io
