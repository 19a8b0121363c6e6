#pragma once

#include <optional>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace resolver {

/// The name as it stands in a query, its escapes resolved (RFC 1035 3.1, 5.1); nothing if
/// a label would have no octet or over 63.
[[nodiscard]] std::optional<base::Bytes> wire_form(const dns::Name& name);

/// The name whose wire form, without compression, is all of `octets`: in lower case, with
/// the escapes that the answers of the DNS come with. Nothing if it is none.
[[nodiscard]] std::optional<dns::Name> name_of_wire(base::ByteView octets);

/// The name that stands in that form at the start of `octets`, whatever follows it.
[[nodiscard]] std::optional<dns::Name> leading_name(base::ByteView octets);

}  // namespace resolver
