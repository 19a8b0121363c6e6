#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "src/audit/item.h"

namespace cli::report {

using Texts = std::set<std::string>;

/// What of a domain is compared from round to round.
struct State {
  audit::Grade grade = audit::Grade::undecided;
  Texts findings;                        ///< `code subject`, warnings and errors
  std::map<std::string, Texts> records;  ///< of each host
  /// The SHA2-256 of the leaf's SubjectPublicKeyInfo, for each host at each address.
  std::map<std::string, std::map<std::string, std::string>> keys;
};

/// What is now. What could not be looked at is as it was.
[[nodiscard]] State state_of(const audit::DomainAudit& audited, const State& was);

/// What has come and what has gone of a domain.
struct Difference {
  bool grade = false;  ///< it is another
  Texts findings_new, findings_gone;
  Texts records_new, records_gone;  ///< `host record`
  Texts keys_new, keys_gone;        ///< `host key`, wherever the host has it
  [[nodiscard]] bool any() const;
};

[[nodiscard]] Difference difference_of(const State& was, const State& is);

/// The line that tells of a change (docs/json.md); nothing if there is none.
[[nodiscard]] std::optional<std::string> change_of(const audit::DomainAudit& audited,
                                                   const State& was, const State& is);

/// The line of a change of a domain, by its name, at a moment as a report has it.
[[nodiscard]] std::optional<std::string> change_of(std::string_view domain,
                                                   std::string_view moment,
                                                   const State& was, const State& is);

}  // namespace cli::report
