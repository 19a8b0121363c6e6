#pragma once

#include <string>
#include <vector>

#include "verify/chain.h"

namespace publish {

/// The certificates of a file, and its name.
struct ChainFile {
  std::string file;
  verify::Certificates chain;
};

/// The files of a directory of certificates, by what they are to servers.
struct ServerChains {
  std::vector<ChainFile> servers;     ///< begin with a server's own certificate
  std::vector<ChainFile> issuers;     ///< hold those that issued others: not sent alone
  std::vector<std::string> reversed;  ///< files whose issuer stands before the leaf
};

/// Tells chains from what lies beside them: a certificate that may issue, and has issued
/// another or is not its own issuer, is no server's (`chain.pem` of an ACME client), and
/// a file that is a part of another with the same leaf (`cert.pem`) is not what is sent.
[[nodiscard]] ServerChains server_chains(const std::vector<ChainFile>& files);

}  // namespace publish
