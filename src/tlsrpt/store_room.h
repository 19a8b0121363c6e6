#pragma once

#include <sys/statvfs.h>

#include <string>

namespace tlsrpt {

/// Domains that are counted in a day. Whoever answers for a zone can make up names
/// without end, and each would have a file.
inline constexpr std::size_t kMostDomains = 10'000;

/// Whether a file system has too little left, in octets or in files, for counts to take
/// some of it: less than a tenth, and less than what is a lot for a queue of mail. One
/// that does not say how large it is has enough.
[[nodiscard]] bool is_scarce(const struct statvfs& facts);

/// Why an open folder of the store takes no new file now; empty if it does.
[[nodiscard]] std::string why_no_room(int folder);

}  // namespace tlsrpt
