#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "src/publish/zone_chains.h"
#include "src/publish/zone_service.h"
#include "src/rrset/record_set.h"
#include "verify/names.h"
#include "verify/prints.h"
#include "verify/roots.h"
#include "verify/verdict.h"

namespace publish {

/// Whether a certificate names a host.
enum class Naming { no, by_wildcard, exactly };

/// What the records of one service are to the chains.
struct ServiceJudgement {
  std::vector<bool> accepted;  ///< for each chain: a peer would believe it
  bool any = false;            ///< one at least
  verify::Reason nearest = verify::Reason::mismatch;  ///< of the refusals
  std::string file;                                   ///< of that chain
  std::string detail;
};

/// Judges records by the judgement that a peer makes (verify/check.h), for each chain
/// that a server may show.
class ZoneJudge {
 public:
  ZoneJudge(const ServerChains& chains, std::chrono::sys_seconds now);

  /// How one record, which is usable for the service, fits the chains.
  [[nodiscard]] rrset::Fit fit(const dns::Tlsa& record, const ZoneService& service) const;
  /// What the records of a service, all together, are to each of the chains.
  [[nodiscard]] ServiceJudgement judge(const ZoneService& service) const;
  /// Whether the leaf of a chain is for a host.
  [[nodiscard]] Naming naming(std::size_t chain, const dns::Name& host) const;
  /// The file beside the chains with the certificate that a record means, if any.
  [[nodiscard]] std::optional<std::string> beside(const dns::Tlsa& record) const;
  [[nodiscard]] const std::vector<ChainFile>& chains() const { return chains_.servers; }

 private:
  [[nodiscard]] bool may_match(const dns::Tlsa& record, std::size_t chain) const;
  [[nodiscard]] verify::Verdict check(std::size_t chain, std::vector<dns::Tlsa> records,
                                      const ZoneService& service) const;

  const ServerChains& chains_;
  std::chrono::sys_seconds now_;
  verify::Roots roots_;
  mutable std::vector<verify::Prints> prints_;  // of the servers' chains
  std::vector<verify::PresentedNames> names_;   // of their leaves
};

}  // namespace publish
