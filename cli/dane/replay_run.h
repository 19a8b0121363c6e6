#pragma once

#include <string>
#include <vector>

#include "cli/dane/replay_job.h"
#include "src/evidence/second_validator.h"
#include "src/evidence/strength.h"
#include "src/evidence/time_stamp.h"

namespace cli::dane {

/// A time-stamp of the run in which a bundle stands.
struct SeenStamp {
  evidence::TimeStamp says;
  bool by_witness = false;  ///< a witness of the job has signed it; else a claim
  std::string why_not;      ///< why it counts for nothing, where one was to have done so
};

/// Checks where a bundle says that it stands in a run, and the run's time-stamps: each is
/// over the run's checkpoint. One that is signed otherwise than it says, or is older than
/// the verdict that it stands behind, is a claim: it does not take away what others
/// prove. With witnesses one of them must have stamped it: whoever names some wants no
/// less. Error kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<std::vector<SeenStamp>> check_place(
    const evidence::Bundle& bundle, const ReplayJob& job);

/// How much a bundle proves that was replayed, and holds.
[[nodiscard]] evidence::Strength strength_of(const evidence::Bundle& bundle,
                                             const evidence::SecondOpinion& opinion,
                                             const std::vector<SeenStamp>& stamps);

/// That in rows for people, to stand below a verdict.
[[nodiscard]] std::string rows_of(const evidence::Strength& strength);

/// The certificates of witnesses in files of PEM. Error kind `usage`.
[[nodiscard]] base::Result<std::vector<base::Bytes>> load_witnesses(
    const std::vector<std::string>& paths);

}  // namespace cli::dane
