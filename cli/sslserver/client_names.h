#pragma once

#include <map>
#include <string>

#include "src/base/bytes.h"
#include "src/base/error.h"

namespace cli::sslserver {

/// What clients with raw public keys (RFC 7250) are called, which their keys do not say:
/// names by the SHA2-256 of the key (DER of the SubjectPublicKeyInfo), in lower-case
/// hexadecimal, as the data of a TLSA record 3 1 1 has it.
class ClientNames {
 public:
  /// Lines of a name, white space and such a digest; empty ones and those that begin with
  /// `#` are passed over. Error kind `usage`, code `bad_file`, which names the file.
  [[nodiscard]] static base::Result<ClientNames> read(const std::string& file);

  /// The name of this key; empty if it is not listed.
  [[nodiscard]] std::string name_of(base::ByteView spki) const;
  [[nodiscard]] bool empty() const { return names_.empty(); }

 private:
  std::map<std::string, std::string> names_;
};

}  // namespace cli::sslserver
