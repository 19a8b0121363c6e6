#include "src/base/counted.h"

namespace base {

std::string counted(std::uint64_t number, std::string_view one, std::string_view more) {
  std::string out = std::to_string(number) + " ";
  if (number == 1) return out.append(one);
  return more.empty() ? out.append(one).append("s") : out.append(more);
}

}  // namespace base
