#pragma once

#include "src/audit/judgement.h"

namespace audit {

/// What turns senders away at one of the hosts; nothing where nothing does. Pure.
[[nodiscard]] std::optional<Code> turned_away_at(const DomainSeen& domain,
                                                 const Judgement& judgement,
                                                 std::size_t host);

/// Names the finding that the grade follows from and puts it before all others; none
/// where all is well or nothing was found. A broken domain is broken by a host that
/// senders turn away from, whatever else is wrong, so its cause is never a silent address
/// or a weak signature. Pure but for the judgement that it alters.
void put_cause_first(const DomainSeen& domain, Judgement& judgement);

}  // namespace audit
