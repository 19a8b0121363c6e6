#pragma once

#include "cli/dane/command.h"
#include "cli/dane/held_bundle.h"
#include "src/evidence/store.h"

namespace cli::dane {

// The verbs of `dane evidence`; the first word is the verb, and the number of words is
// right.

[[nodiscard]] base::Result<Outcome> evidence_runs(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_checkpoint(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_close(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_stamp(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_export(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_show(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_redact(const Arguments& arguments);
[[nodiscard]] base::Result<Outcome> evidence_chain(const Arguments& arguments);

/// The number of `--run`, if it is there. Error kind `usage`.
[[nodiscard]] base::Result<std::optional<std::int64_t>> run_of(
    const Arguments& arguments);

/// Writes a bundle to standard output, or into the file of `--output`. Error code
/// `bad_file`.
[[nodiscard]] base::Result<Outcome> write_bundle(const Arguments& arguments,
                                                 const evidence::Bundle& bundle);
/// Writes octets there.
[[nodiscard]] base::Result<Outcome> write_output(const Arguments& arguments,
                                                 std::string_view octets);
/// Writes a bundle without what its proof can spare.
[[nodiscard]] base::Result<Outcome> write_redacted(const Arguments& arguments,
                                                   const HeldBundle& held);
/// An error of kind `usage` where octets would go to a terminal.
[[nodiscard]] base::Result<void> expect_octets_wanted(const Arguments& arguments);
/// Writes what proves the TLSA records of an owner.
[[nodiscard]] base::Result<Outcome> write_chain(const Arguments& arguments,
                                                const HeldBundle& held,
                                                const dns::Name& owner,
                                                const std::string& from);

}  // namespace cli::dane
