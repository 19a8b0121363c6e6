#pragma once

#include <string>
#include <vector>

#include "cli/dane/command.h"
#include "src/publish/record.h"
#include "src/publish/zone_lint.h"
#include "verify/chain.h"
#include "verify/roots.h"

namespace cli::dane {

// All of these fail with kind `usage` and name the file.

[[nodiscard]] base::Result<verify::Certificates> load_certificates(
    const std::string& path);
/// Certificates, or the raw public key of a PEM `PUBLIC KEY`.
[[nodiscard]] base::Result<verify::Chain> load_chain(const std::string& path);
[[nodiscard]] base::Result<publish::Source> load_key(const std::string& path);
[[nodiscard]] base::Result<publish::Source> load_request(const std::string& path);
/// A PEM file or a directory of them.
[[nodiscard]] base::Result<verify::Roots> load_roots(const std::string& path);
/// Every file of a directory that holds certificates, sorted; other files are left out.
[[nodiscard]] base::Result<std::vector<publish::ChainFile>> load_chains(
    const std::string& directory);

}  // namespace cli::dane
