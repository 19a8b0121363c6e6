#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/bytes.h"

namespace verify {

/// What comparing two names came to. `unknown` is for values that cannot be told apart
/// for sure: they count as what would be refused.
enum class Likeness { different, unknown, same };

/// One attribute of a distinguished name in a form that compares octet by octet.
struct Attribute {
  std::string type;         ///< contents of its OID
  std::string value;        ///< folded text, or the DER where it is none
  bool comparable = false;  ///< whether another value means another name
};

/// A distinguished name (RFC 5280 4.1.2.4), its relative names with sorted attributes.
using DirectoryName = std::vector<std::vector<Attribute>>;

/// The parts of a Name (its whole DER); nothing if it is not one, or has more than 64
/// attributes.
[[nodiscard]] std::optional<DirectoryName> read_directory_name(base::ByteView name);

/// Whether `name` is `prefix` or below it (RFC 5280 4.2.1.10). Strings are compared as
/// RFC 5280 7.1 has it, whatever their type.
[[nodiscard]] Likeness begins_with(const DirectoryName& name,
                                   const DirectoryName& prefix);

/// Whether two Names (DER) are the same one (RFC 5280 7.1).
[[nodiscard]] bool same_name(base::ByteView a, base::ByteView b);

}  // namespace verify
