#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/name.h"

namespace cli::sslserver {

/// What proves our TLSA records to clients that ask for it (RFC 9102): the records that
/// `dane evidence chain` writes, for one name or for several.
class DnssecChainFile {
 public:
  /// A chain of nothing, which is for nobody.
  DnssecChainFile() = default;

  /// Error kind `usage`, code `bad_file`: it cannot be read, is none, or is longer than a
  /// hello may be; its detail starts with the path.
  [[nodiscard]] static base::Result<DnssecChainFile> read(const std::string& path,
                                                          std::uint16_t lifetime);

  /// What is said to a client that asks for this name (lower case) at this port; empty
  /// where the chain is about no TLSA records of it.
  [[nodiscard]] base::Bytes words_for(const std::string& server_name,
                                      std::uint16_t port) const;

 private:
  base::Bytes words_;            ///< ExtSupportLifetime, then the records
  std::set<dns::Name> owners_;   ///< of TLSA records and of aliases
  std::set<dns::Name> aliased_;  ///< names below which all are aliases (RFC 6672)
};

}  // namespace cli::sslserver
