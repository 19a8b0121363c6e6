#pragma once

#include <chrono>

#include "src/audit/facts.h"

namespace audit {

/// How a domain's deployment fares, worst last.
enum class Grade {
  enforced,      ///< every way in is proved by DANE
  not_deployed,  ///< no mail host has TLSA records that count
  partial,       ///< mail gets through, but not every way in is there and proved
  undecided,     ///< it could not be found out now
  broken,        ///< a sender that enforces DANE has to defer
  bad_input,     ///< it is no domain: there is nothing to be graded
};

/// `enforced`, `not-deployed`, `partial`, `undecided`, `broken` or `bad-input`.
[[nodiscard]] std::string_view to_text(Grade grade);
inline constexpr std::size_t kGrades = 6;

/// What a sender that enforces DANE finds at a host or an address, best first.
enum class Access {
  proved,     ///< a TLSA record proves it
  encrypted,  ///< no record can be used: TLS, and nobody proved
  open,       ///< no TLSA record: whatever the host offers
  refused,    ///< records that are not met, or a look-up that is bogus
  unknown,    ///< it does not answer, or not now
};

/// `proved`, `encrypted`, `open`, `refused` or `unknown`.
[[nodiscard]] std::string_view to_text(Access access);

/// One address under the names of one domain.
struct AddressResult {
  Access access = Access::unknown;
  std::optional<verify::Verdict> verdict;
};

struct HostResult {
  Access access = Access::unknown;  ///< the best of its addresses
  std::vector<AddressResult> addresses;
};

/// The judgement on a domain.
struct Result {
  Grade grade = Grade::undecided;
  std::vector<HostResult> hosts;  ///< as the facts have them
  std::vector<Finding> findings;  ///< worst first, each once
};

/// Fills in what holds of a host whatever domain uses it: the requirement, the verdicts
/// under its own names, and the findings.
void judge_host(HostFacts& host, std::chrono::sys_seconds now);

/// Fills in what a trust store says about the chains of a host (RFC 8461 4.2).
void judge_by_pkix(HostFacts& host, const verify::Roots& roots,
                   std::chrono::sys_seconds now);

/// The whole judgement (RFC 7672 2, RFC 7671; rules P and R). Pure. It says `broken`
/// where a sender that enforces DANE defers the mail, and only there.
[[nodiscard]] Result judge_domain(const DomainFacts& facts, std::chrono::sys_seconds now);

}  // namespace audit
