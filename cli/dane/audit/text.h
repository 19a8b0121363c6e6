#pragma once

#include <string>

#include "cli/terminal.h"
#include "src/audit/item.h"

namespace cli::report {

/// A domain for people: its grade, its findings with advice, its hosts; with `verbose`
/// every record and certificate too.
[[nodiscard]] std::string text_of(const audit::DomainAudit& audited, const Paint& paint,
                                  bool verbose);

/// A grade in its colour.
[[nodiscard]] std::string painted(audit::Grade grade, const Paint& paint);

/// What a grade means, in a few words.
[[nodiscard]] std::string_view meaning_of(audit::Grade grade);

}  // namespace cli::report
