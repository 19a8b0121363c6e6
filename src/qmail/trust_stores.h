#pragma once

#include <map>
#include <string>

#include "src/base/error.h"
#include "verify/roots.h"

namespace qmail {

/// The trust stores of one delivery, each read once.
class TrustStores {
 public:
  /// The store at a path, a file or with `/` at its end a directory; null for the empty
  /// path. It lives as long as this does. Error code `bad_trust_store`.
  [[nodiscard]] base::Result<const verify::Roots*> at(const std::string& path);

  /// A store that was read already: `at` this path it is from now on.
  void add(const std::string& path, verify::Roots roots);

 private:
  std::map<std::string, verify::Roots> stores_;
};

}  // namespace qmail
