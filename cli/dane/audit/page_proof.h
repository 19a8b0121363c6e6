#pragma once

#include <string>

#include "src/evidence/bundle.h"

namespace cli::report {

/// How the verdict that a bundle is about is proved, as the page draws it: a JSON object
/// with the chains of trust and what each peer has signed. It says what whoever checks
/// the bundle with the root's keys of this run finds.
[[nodiscard]] std::string proof_json(const evidence::Bundle& bundle);

/// The link that leads from a page to a file, as a URL relative to the page, whose path
/// is given as it was named; absolute where the page is standard output.
[[nodiscard]] std::string link_from(const std::string& page, const std::string& file);

}  // namespace cli::report
