#pragma once

#include <string>
#include <string_view>

namespace cli::report {

/// Whether a line of `json_line` is of a domain whose owner has something to fix: one
/// that is broken, partial or undecided, or enforced with a warning.
[[nodiscard]] bool is_to_fix(std::string_view line);

/// The evidence for a line, as the page has it.
struct PageEvidence {
  std::string url;    ///< of the file that has the bundle, if it is in one
  std::string store;  ///< the path of the store that has it, if it is in one
  std::string chain;  ///< a JSON object that says how the verdict is proved, if one does
};

/// The line with the evidence for it, which changes nothing that others here say of it.
[[nodiscard]] std::string with_evidence(std::string_view line, const PageEvidence& kept);

/// What the page shows in a table of such a line, as an object of its own: grade, cause,
/// input, domain and `unicode`, where the line has them and they differ from the member
/// before, `bundle` or `store`, where its evidence is, and `codes`, each code of a
/// finding once. Mail hosts, records, certificates and the details of findings are left
/// out.
[[nodiscard]] std::string compact(std::string_view line);

}  // namespace cli::report
