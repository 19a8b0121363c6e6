#include "src/tlsrpt/store_room.h"

#include <algorithm>
#include <cstdint>

#include "src/tlsrpt/day_folder.h"

namespace tlsrpt {
namespace {

bool is_little(std::uintmax_t left, std::uintmax_t all, std::uintmax_t plenty) {
  return left < std::min(all / 10, plenty);
}

}  // namespace

bool is_scarce(const struct statvfs& facts) {
  constexpr std::uintmax_t kPlentyOctets = std::uintmax_t{1} << 30U;
  constexpr std::uintmax_t kPlentyFiles = 100'000;
  const std::uintmax_t block = std::max<std::uintmax_t>(facts.f_frsize, 1);
  return is_little(facts.f_bavail, facts.f_blocks, kPlentyOctets / block) ||
         is_little(facts.f_favail, facts.f_files, kPlentyFiles);
}

std::string why_no_room(int folder) {
  struct statvfs facts {};
  if (fstatvfs(folder, &facts) != 0 || is_scarce(facts)) {
    return "too little is left of the file system";
  }
  const auto names = names_in(folder);
  if (names && names->size() < kMostDomains) return "";
  return "no more than " + std::to_string(kMostDomains) + " domains are counted in a day";
}

}  // namespace tlsrpt
