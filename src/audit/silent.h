#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/io/loop.h"

namespace audit {

/// Addresses that let whoever connects wait in vain: the world has hosts with thousands
/// of names, and no name makes them answer. Shared by all loops.
class SilentAddresses {
 public:
  /// Remembers for ten minutes why an address was given up.
  void add(const net::Address& address, base::Error why);
  [[nodiscard]] std::optional<base::Error> find(const net::Address& address);

 private:
  struct Entry {
    base::Error why;
    io::TimePoint until;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace audit
