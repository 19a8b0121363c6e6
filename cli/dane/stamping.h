#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/dane/audit/evidence_store.h"
#include "cli/dane/command.h"
#include "resolver/config.h"
#include "src/evidence/stamp_request.h"

namespace cli::dane {

/// A time-stamp authority as somebody has named it.
struct NamedAuthority {
  std::string url;
  evidence::StampAuthority authority;
};

/// Reads the URLs of authorities. Error kind `usage`.
[[nodiscard]] base::Result<std::vector<NamedAuthority>> authorities_of(
    const std::vector<std::string>& urls);

/// Asks an authority, which is looked up by that resolver, for a time-stamp of a
/// checkpoint: a token of RFC 3161 in DER that is over this checkpoint, and signed by the
/// certificate in it; who that is, is for whoever names a witness. Errors: those of the
/// look-up and of `evidence::ask_for_stamp`; code `protocol` for any other token.
[[nodiscard]] base::Result<base::Bytes> stamp_by(const NamedAuthority& who,
                                                 const resolver::Config& config,
                                                 std::string_view checkpoint);

/// Says on standard error which run is finished, and shows its checkpoint, for whoever
/// wants to publish that.
void tell_checkpoint(const report::FinishedRun& run);

/// Asks each of them, and keeps in the store what they give. What fails is a warning that
/// says how to try again: the run is finished all the same.
void stamp_run(const report::FinishedRun& run, std::span<const NamedAuthority> who,
               const resolver::Config& config);

}  // namespace cli::dane
