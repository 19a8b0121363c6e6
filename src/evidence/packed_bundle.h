#pragma once

#include "src/evidence/bundle.h"
#include "src/evidence/shelf.h"

namespace evidence {

/// All of a bundle but its place in a run, with numbers of the shelf for what it shares
/// with others: its texts, then octets of any value. It has names many times over and is
/// to be compressed. Error kind `internal` where it does not
/// keep the rules of docs/evidence-format.md: the sets sorted, none twice, all of them
/// used.
[[nodiscard]] base::Result<std::string> pack(const Bundle& bundle, Shelf& shelf);

/// The bundle that was packed, within the bounds of bundle_bounds.h; what else holds of
/// its form is for `read_bundle` to say. Error kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<Bundle> unpack(std::string_view packed, Shelf& shelf);

/// What both ends know of the form.
namespace packed_form {

/// How an answer goes on.
inline constexpr std::uint64_t kIsAnswer = 0, kIsError = 1;
inline constexpr char kBetween = '\x03';  ///< of two texts

}  // namespace packed_form
}  // namespace evidence
