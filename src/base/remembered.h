#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <unordered_set>

namespace base {

/// Hashes of what was once found to be true, for questions that cost more than a hash and
/// have one answer for ever. Bounded: when it is full it begins anew.
class Remembered {
 public:
  using Hash = std::array<std::byte, 32>;  ///< SHA-256 of all that the answer stands on

  explicit Remembered(std::size_t most) : most_(most) {}

  [[nodiscard]] bool has(const Hash& hash) const { return hashes_.contains(hash); }
  void add(const Hash& hash) {
    if (hashes_.size() >= most_) hashes_.clear();
    hashes_.insert(hash);
  }

 private:
  struct First {  // octets of a good hash are as good a hash
    std::size_t operator()(const Hash& hash) const {
      std::size_t out = 0;
      std::memcpy(&out, hash.data(), sizeof out);
      return out;
    }
  };

  std::size_t most_;
  std::unordered_set<Hash, First> hashes_;
};

}  // namespace base
