#pragma once

#include <optional>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace resolver {

/// The name as it stands in a query, its escapes resolved (RFC 1035 3.1, 5.1); nothing if
/// a label would have no octet or over 63.
[[nodiscard]] std::optional<base::Bytes> wire_form(const dns::Name& name);

/// The name that stands in wire form at the start of `octets`, without compression, in
/// lower case; nothing if none does.
[[nodiscard]] std::optional<dns::Name> name_of_wire(base::ByteView octets);

}  // namespace resolver
