#pragma once

#include <string>
#include <string_view>

#include "src/evidence/bundle.h"

namespace evidence {

/// What a bundle says that it is.
inline constexpr std::string_view kMediaType =
    "application/vnd.ucspi-dane.evidence.v1+json";

/// A domain as bundles have it: with its final dot.
[[nodiscard]] std::string absolute(const dns::Name& name);

/// The text of a bundle in canonical form, without a line feed.
[[nodiscard]] std::string to_json(const Bundle& bundle);

/// The hash that stands for a bundle in a run: of its text without its place there.
[[nodiscard]] Octets32 hash_of(const Bundle& bundle);

/// Reads the text of a bundle, which may be a stranger's, with or without the line feed
/// at the end of a file. Everything that docs/evidence-format.md says about form holds of
/// what comes out; nothing that the bundle says is true by that. Error kind `permanent`,
/// code `bad_evidence`.
[[nodiscard]] base::Result<Bundle> read_bundle(std::string_view text);

/// The hash of answers that a client random commits to, of those with these indices.
[[nodiscard]] Octets32 hash_of_answers(const DnsEvidence& dns,
                                       const std::vector<std::size_t>& which);

}  // namespace evidence
