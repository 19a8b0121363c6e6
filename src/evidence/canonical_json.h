#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/base/json.h"

namespace evidence {

/// A JSON value whose objects have their members by name.
using Json = nlohmann::json;

/// Writes JSON in the canonical form of RFC 8785, as far as evidence needs it, without a
/// value in between: whoever calls it names the members of an object in their order.
[[nodiscard]] base::JsonWriter canonical_writer();

/// The text of a value in the canonical form of RFC 8785. Its numbers are integers, its
/// text UTF-8.
[[nodiscard]] std::string canonical(const Json& value);

/// Reads a text that is in canonical form, octet for octet: no name twice, no white
/// space, no fraction. At most `kMostOctets` octets and `kDeepest` levels. Error kind
/// `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<Json> read_canonical(std::string_view text);

/// Reads any JSON text whose numbers are integers, as our own programs write it. Errors
/// as of `read_canonical`.
[[nodiscard]] base::Result<Json> read_json(std::string_view text);

inline constexpr std::size_t kMostOctets = std::size_t{16} << 20U;
inline constexpr int kDeepest = 32;

/// Evidence that does not hold, and why.
[[nodiscard]] tl::unexpected<base::Error> does_not_hold(std::string why);

}  // namespace evidence
