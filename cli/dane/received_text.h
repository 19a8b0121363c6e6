#pragma once

#include <string>
#include <string_view>

#include "src/tlsrpt/report_summary.h"

namespace cli::dane {

/// A result type of RFC 8460 4.3 in plain words.
struct ResultText {
  std::string_view meaning;  ///< a sentence
  std::string_view word;     ///< that `dane explain` knows; empty for none
};

/// The words of a result. A reason that the reporter gives and `dane explain` knows is
/// the nearer one.
[[nodiscard]] ResultText text_of(const tlsrpt::FailureKind& kind,
                                 std::string_view policy_type);

/// The reports of others for people, in lines of so many columns at most: some of the
/// policies, results and places, those of most failures first, and how many more.
[[nodiscard]] std::string received_text(const tlsrpt::ReportSummary& summary,
                                        std::size_t columns);

}  // namespace cli::dane
