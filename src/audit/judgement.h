#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "src/audit/judged.h"

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
/// The grade of such a word; nothing for others.
[[nodiscard]] std::optional<Grade> grade_from_text(std::string_view word);

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

/// What a sender to one domain finds at one address.
struct AddressAccess {
  Access access = Access::unknown;
  /// The verdict on the usual chain, under the names of the domain too, where those
  /// count.
  std::optional<verify::Verdict> verdict;
};

/// What a sender to one domain finds at one host.
struct HostAccess {
  Access access = Access::unknown;  ///< the best of its addresses
  std::vector<AddressAccess> addresses;
};

/// Whether a host and each of its addresses are proved.
[[nodiscard]] bool is_all_proved(const HostAccess& host);

/// The judgement on a domain.
struct Judgement {
  Grade grade = Grade::undecided;
  std::vector<HostAccess> hosts;  ///< in the order of DomainSeen::hosts
  /// What the grade follows from; nothing where the domain is enforced.
  std::optional<Code> cause;
  std::vector<Finding> findings;  ///< the cause first, then the worst, each once
};

}  // namespace audit
