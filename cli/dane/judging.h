#pragma once

#include <optional>
#include <string>

#include "cli/dane/command.h"
#include "cli/terminal.h"
#include "src/base/policy.h"
#include "verify/verdict.h"

namespace cli::dane {

/// `--name` (repeatable): what the certificate must be for. Error kind `usage`.
[[nodiscard]] base::Result<std::vector<policy::ReferenceName>> names_of(
    const Arguments& arguments);

/// The path of `--ca`, or of its other spellings `--roots` and `--mta-sts-ca`; nothing
/// where there is none. Error kind `usage` where two of them differ.
[[nodiscard]] base::Result<std::optional<std::string>> trust_store_path(
    const Arguments& arguments);

/// `--at`, or now.
[[nodiscard]] base::Result<std::chrono::sys_seconds> time_of(const Arguments& arguments);

/// The lines for people below a verdict: one for each record, name and warning.
[[nodiscard]] std::string notes_of(const verify::Verdict& verdict,
                                   const std::vector<dns::Tlsa>& records,
                                   const Paint& paint, std::string_view indent);

}  // namespace cli::dane
