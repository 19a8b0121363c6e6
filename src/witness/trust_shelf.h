#pragma once

#include <string>
#include <vector>

#include "src/evidence/bundle.h"
#include "src/evidence/canonical_json.h"
#include "verify/roots.h"

namespace witness {

/// The hash that stands for the certificates of a trust store, whatever their order.
[[nodiscard]] evidence::Octets32 hash_of(const verify::Roots& roots);

/// A trust store of whoever judges again.
struct ShelvedStore {
  std::string path;  ///< as he said it
  verify::Roots roots;
  evidence::Octets32 hash{};
};

/// All that he has. A bundle names those by which its verdict was made by their hashes,
/// for paths are of the machine that made it. What is looked for lives until something is
/// added. Error of both: kind `usage`, it is not among them.
class TrustShelf {
 public:
  void add(std::string path, verify::Roots roots);
  [[nodiscard]] base::Result<const ShelvedStore*> with(
      const evidence::Octets32& hash) const;
  /// The one whose hash is the member `trustStore` of `about`, in base64; null if it has
  /// no such member.
  [[nodiscard]] base::Result<const ShelvedStore*> named_in(
      const evidence::Json& about) const;

 private:
  std::vector<ShelvedStore> stores_;
};

}  // namespace witness
