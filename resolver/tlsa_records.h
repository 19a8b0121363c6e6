#pragma once

#include "resolver/resolver.h"
#include "src/base/policy.h"

namespace resolver {

/// What the DNS says of TLSA records at one name, `present`, `absent` or `insecure`; only
/// secure records are in the facts, and no names. Errors: those of `Resolver`.
[[nodiscard]] io::Task<base::Result<policy::DnsFacts>> tlsa_records_at(Resolver& resolver,
                                                                       dns::Name owner);

}  // namespace resolver
