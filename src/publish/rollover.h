#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/publish/record.h"

namespace publish {

/// Which records are published while one key follows another (RFC 7672 3.1.1).
enum class Scheme {
  two_keys,        ///< 3 1 1 of the present and of the next key
  key_and_issuer,  ///< 3 1 1 of the key and 2 1 1 of the issuer that is sent
};

/// `3 1 1 + 3 1 1` or `3 1 1 + 2 1 1`.
[[nodiscard]] std::string_view to_text(Scheme scheme);

/// A server's key, and the certificate that issued its own, where that is known.
struct ServerKey {
  Source leaf;
  std::optional<Source> issuer;
};

/// What the times of a plan are made of.
struct Timing {
  std::chrono::seconds ttl{3600};  ///< of the TLSA RRset
  /// How long the signatures of the RRset that is published now are still good: until
  /// then a name server that lags behind, or an attacker, can show it.
  std::chrono::seconds signatures{std::chrono::days{14}};
};

/// What is done in a step.
enum class Action {
  publish,  ///< this RRset, signed, at all name servers
  deploy,   ///< the next key, at all servers
};

/// One step of a plan.
struct Step {
  Action action = Action::publish;
  /// Not before so long after the first step.
  std::chrono::seconds earliest{0};
  /// Nor before, if some name server may lag behind; not less than `earliest`.
  std::chrono::seconds certain{0};
  std::vector<dns::Tlsa> rrset;  ///< in force from this step on
  std::string why;               ///< one line for people
};

/// The plan of a safe change of key (RFC 7671 8.1 and 8.4): at every moment each answer
/// that anybody may hold matches each chain that a server may show. Error kind `usage`,
/// codes `no_issuer` (the scheme needs the issuers' certificates) and `bad_parameters`.
[[nodiscard]] base::Result<std::vector<Step>> plan_rollover(Scheme scheme,
                                                            const ServerKey& current,
                                                            const ServerKey& next,
                                                            const Timing& timing);

}  // namespace publish
