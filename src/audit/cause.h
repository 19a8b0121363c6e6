#pragma once

#include "src/audit/judgement.h"

namespace audit {

/// Which of the findings a grade follows from, as an index; nothing where all is well or
/// nothing was found. A broken domain is broken by a host that senders turn away from,
/// whatever else is wrong, so its cause is never a silent address or a weak signature.
/// Pure.
[[nodiscard]] std::optional<std::size_t> cause_of(const DomainSeen& domain,
                                                  const Judgement& judgement);

/// What turns senders away at one of the hosts; nothing where nothing does. Pure.
[[nodiscard]] std::optional<Code> turned_away_at(const DomainSeen& domain,
                                                 const Judgement& judgement,
                                                 std::size_t host);

/// Names the cause of the grade and puts its finding before all others.
void put_cause_first(const DomainSeen& domain, Judgement& judgement);

}  // namespace audit
