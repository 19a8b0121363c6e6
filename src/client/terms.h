#pragma once

#include <functional>

#include "src/base/policy.h"
#include "src/client/lookup.h"
#include "verify/roots.h"

namespace client {

/// What a peer is held to, once the DNS has said so.
struct Terms {
  policy::DnsFacts facts;
  policy::Requirement requirement;
  const verify::Roots* roots = nullptr;  ///< the trust store, where one is wanted
};

/// Looks the terms up; called once. It runs while the connection is made.
using TermsLookup = std::function<io::Task<base::Result<Terms>>()>;

/// Terms that are known already.
[[nodiscard]] TermsLookup known(Terms terms);

/// The terms of a target by `look_up`, which leaves in `told` what the DNS said, also
/// where that is an error. Resolver and `told` must outlive the look-up.
[[nodiscard]] TermsLookup by_dns(resolver::Resolver& resolver, Location location,
                                 policy::Demand demand, const verify::Roots* roots,
                                 std::optional<Lookup>& told);

}  // namespace client
