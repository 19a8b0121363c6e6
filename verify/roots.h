#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace verify {

/// A trust store: certificates that the user named as anchors of PKIX paths. Made from
/// bytes; reading files is the caller's.
class Roots {
 public:
  /// The certificates of PEM text (`BEGIN CERTIFICATE`, `BEGIN X509 CERTIFICATE` and
  /// `BEGIN TRUSTED CERTIFICATE` blocks; anything else is skipped) are added, duplicates
  /// once. Returns how many the text holds. Error kind `usage`, code `bad_trust_store`,
  /// when a block is not base64 or not a certificate; those before it have been added.
  [[nodiscard]] base::Result<std::size_t> add_pem(std::string_view pem);
  /// Every root whose subject (DER of the Name) is `subject`, in the order added. The
  /// views hold until the next change of the store.
  [[nodiscard]] std::vector<base::ByteView> with_subject(base::ByteView subject) const;
  /// Whether this very certificate (DER) is a root.
  [[nodiscard]] bool contains(base::ByteView certificate) const;
  [[nodiscard]] std::size_t size() const { return certificates_.size(); }
  /// All of them (DER each), in the order added.
  [[nodiscard]] const std::vector<base::Bytes>& certificates() const {
    return certificates_;
  }

 private:
  [[nodiscard]] base::Result<void> add(base::Bytes certificate);

  std::vector<base::Bytes> certificates_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_subject_;
};

}  // namespace verify
