#pragma once

#include <span>
#include <string_view>

namespace cli::dane {

/// What a reason means: why a peer is not verified, or could not be asked.
struct ReasonText {
  std::string_view word;   ///< as in reports, JSON, DANE_REASON and logs
  std::string_view title;  ///< what is so, a sentence
  std::string_view look;   ///< a command that shows it; empty for none
  std::string_view cure;  ///< what to do about it; for a word that is a finding too, what
                          ///< its advice leaves out, and empty for nothing
  std::string_view source;  ///< RFC and section, or `practice`
};

/// All reasons that a report of `dane check`, sslclient or qmail-remote can have.
[[nodiscard]] std::span<const ReasonText> reasons();

}  // namespace cli::dane
