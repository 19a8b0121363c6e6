#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/client/recorded.h"
#include "src/evidence/canonical_json.h"

namespace witness {

/// One connection among the facts of a bundle (docs/evidence-format.md).
struct ConnectionFacts {
  std::string host;  ///< whose peer was wanted
  std::uint16_t port = 0;
  client::RecordedConnection connection;
  /// For each try the index of the handshake, among the peers of the bundle, in which its
  /// chain was signed; the chain does not stand here then.
  std::vector<std::optional<std::size_t>> handshakes;
};

/// Whether anybody answered.
[[nodiscard]] bool has_peer(const client::RecordedConnection& connection);

/// The member `connections` of the facts.
[[nodiscard]] evidence::Json to_facts(const std::vector<ConnectionFacts>& all);

/// Reads it. What a peer or a look-up claims is text; that it can be true is not asked.
/// Error kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<std::vector<ConnectionFacts>> connections_in(
    const evidence::Json& value);

}  // namespace witness
