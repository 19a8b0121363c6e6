#pragma once

#include <optional>
#include <string_view>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace publish {

/// The name that a word of a zone file says (RFC 1035 5.1): `@` is the origin, a name
/// without a final dot stands below it. Names that are the same on the wire come out the
/// same, however they are escaped: letters in lower case, other printable octets as they
/// are, and the rest, dots inside of labels too, as `\DDD`. Error kind `usage`, code
/// `bad_zone`: empty or long labels, bad escapes, and `no_origin` for a relative name
/// without an origin.
[[nodiscard]] base::Result<dns::Name> zone_name(std::string_view word,
                                                const std::optional<dns::Name>& origin);

/// The name in wire form, uncompressed, that `rdata` begins with, which is taken off it
/// (RFC 3597 4). Nothing if there is none.
[[nodiscard]] std::optional<dns::Name> take_wire_name(base::ByteView& rdata);

/// Whether `name` is `above` or below it.
[[nodiscard]] bool is_below(const dns::Name& name, const dns::Name& above);

/// The name without its first label; the root's is the root.
[[nodiscard]] dns::Name parent_of(const dns::Name& name);

/// `labels` in front of `name`, each with its dot (`_25._tcp.`); nothing if that is too
/// long for a name (RFC 1035 2.3.4).
[[nodiscard]] std::optional<dns::Name> prefixed(std::string_view labels,
                                                const dns::Name& name);

}  // namespace publish
