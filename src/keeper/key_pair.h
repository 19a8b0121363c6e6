#pragma once

#include <string>
#include <vector>

#include "src/base/bytes.h"
#include "src/tls/private_key.h"

namespace keeper {

/// A chain and its key, as files name them.
struct PairFiles {
  std::string chain;  ///< PEM
  std::string key;    ///< PEM; empty: it is in `chain`
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes its 0 for a pointer
  [[nodiscard]] auto operator<=>(const PairFiles&) const = default;
};

/// What was read from them.
struct KeyPair {
  std::vector<base::Bytes>
      chain;  ///< DER each, the leaf first, each followed by its issuer
  tls::PrivateKey key;
};

/// Reads both and sees that they fit: the leaf is the certificate with the key's public
/// half, wherever in the file it stands. Error kind `usage`, codes `bad_file`,
/// `bad_certificate_file`; its detail names the file.
[[nodiscard]] base::Result<KeyPair> read_pair(const PairFiles& files,
                                              const std::string& password);

}  // namespace keeper
