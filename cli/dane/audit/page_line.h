#pragma once

#include <string>
#include <string_view>

namespace cli::report {

/// Whether a line of `json_line` is of a domain whose owner has something to fix: one
/// that is broken, partial or undecided, or enforced with a warning.
[[nodiscard]] bool is_to_fix(std::string_view line);

/// What the page shows in a table of such a line, as an object of its own: grade, cause,
/// input, domain and `unicode`, where the line has them and they differ from the member
/// before, and `codes`, each code of a finding once. Mail hosts, records, certificates
/// and the details of findings are left out.
[[nodiscard]] std::string compact(std::string_view line);

}  // namespace cli::report
