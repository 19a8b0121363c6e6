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
/// The certificates of a PEM file, or of every file below a folder that holds some: an
/// ACME client's `live` too, whose files are links. Sorted, each by its path below the
/// folder. Other files are left out, private keys among them, and what cannot be read; a
/// folder that cannot be is an error, as more than 10,000 files or 64 MiB are.
[[nodiscard]] base::Result<std::vector<publish::ChainFile>> load_chains(
    const std::string& path);

}  // namespace cli::dane
