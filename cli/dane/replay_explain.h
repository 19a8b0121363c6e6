#pragma once

#include <string>

#include "cli/dane/replay_run.h"
#include "src/evidence/second_validator.h"

namespace cli::dane {

/// What a validation at a moment starts from. Errors: those of reading the trust anchor.
[[nodiscard]] base::Result<evidence::ValidationBasis> basis_of(
    const ReplayJob& job, std::chrono::sys_seconds moment);

/// What a second implementation of DNSSEC says of the answers of a bundle. Errors: those
/// of reading the trust anchor.
[[nodiscard]] base::Result<evidence::SecondOpinion> second_opinion_of(
    const evidence::Bundle& bundle, const ReplayJob& job);

/// Whether it says what the bundle says, which libunbound has said again. Code
/// `bad_evidence`: two implementations that disagree prove nothing.
[[nodiscard]] base::Result<void> expect_same(const evidence::Bundle& bundle,
                                             const evidence::SecondOpinion& opinion);
/// Whether it says of one answer what the bundle says.
[[nodiscard]] base::Result<void> expect_same(const evidence::Answer& answer,
                                             const evidence::JudgedAnswer& judged);

/// What a bundle proves, in lines for people: its strength, its time-stamps, then each
/// signature from the root down, with its dates. The bundle was replayed, and holds.
[[nodiscard]] std::string explanation_of(const evidence::Strength& strength,
                                         const std::vector<SeenStamp>& stamps,
                                         const evidence::SecondOpinion& opinion);

}  // namespace cli::dane
