#pragma once

#include "src/evidence/shelf.h"

namespace evidence {

/// A canonical JSON text with numbers of a shelf in place of its larger parts: objects
/// that are members of an array, such as all that is said of a mail host. Those are the
/// same in the bundles of all domains that have the host. Error kind `internal` for a
/// text with control characters, which JSON has none of.
[[nodiscard]] base::Result<std::string> take_json_apart(std::string_view text,
                                                        Shelf& shelf);

/// The text that was taken apart, if it has no more than `most` octets. Error kind
/// `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<std::string> join_json(std::string_view parts, Shelf& shelf,
                                                  std::size_t most);

}  // namespace evidence
