#pragma once

#include "src/audit/item.h"

namespace verify {
class Roots;
}

namespace audit {

/// What holds of a host whatever domain uses it, at this moment: verdicts under its own
/// names, and findings. With roots also what a trust store says about its chains (RFC
/// 8461 4.2). Pure.
[[nodiscard]] HostJudged judge(const HostSeen& host, std::chrono::sys_seconds now,
                               const verify::Roots* roots);

/// The whole judgement on a domain at this moment (RFC 7672 2, RFC 7671; rules P and R).
/// It says `broken` where a sender that enforces DANE defers the mail, and only there.
/// Pure.
[[nodiscard]] Judgement judge(const DomainSeen& domain, std::chrono::sys_seconds now);

/// The judgement on a domain that is done, at its moment. What is said of a word that is
/// no domain is said by that word. Pure.
[[nodiscard]] Judgement judge(const DomainAudit& done);

}  // namespace audit
