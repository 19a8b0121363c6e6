#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "verify/path.h"
#include "verify/peer.h"
#include "verify/tlsa_match.h"
#include "verify/verdict.h"

namespace verify {

/// What the TLSA records prove about a peer.
struct DaneFinding {
  bool any_usable = false;
  Reason reason = Reason::no_usable_record;  ///< the nearest to success; none: proved
  std::string detail;
  std::optional<std::size_t> record;
  std::optional<std::size_t> depth;
  std::string matched_name;
  std::vector<RecordNote> notes;
  std::vector<std::string> warnings;
  std::size_t signatures = 0;  ///< checked on the way
  std::size_t steps = 0;       ///< of the searches for paths
};

/// Judges the records of a requirement in an order of their own (DANE-EE, PKIX-EE,
/// DANE-TA, PKIX-TA, then by selector, matching type and data), so that the RRset's order
/// changes nothing (RFC 6698 4.1, RFC 7671 5 and 9).
class DaneJudge {
 public:
  DaneJudge(Peer& peer, const policy::Requirement& requirement, const Context& context)
      : peer_(peer),
        requirement_(requirement),
        context_(context),
        finder_(peer, context, requirement.max_intermediates) {}

  /// The whole judgement; call it once.
  [[nodiscard]] DaneFinding run();

 private:
  std::vector<std::size_t> note_usable();
  void leave_untried(std::span<const std::size_t> rest);
  void conclude(std::span<const std::size_t> tried);
  RecordNote judge(const dns::Tlsa& record);
  RecordNote judge_by_usage(const dns::Tlsa& record);
  RecordNote judge_ee(const dns::Tlsa& record);
  RecordNote judge_dane_ta(const dns::Tlsa& record);
  RecordNote judge_pkix(const dns::Tlsa& record);
  RecordNote finish_path(const dns::Tlsa& record, const PathFinding& path,
                         std::size_t depth);
  PathFinding find_path(const dns::Tlsa& record, const std::vector<const Link*>& matched);
  std::vector<const Link*> matching_links(const dns::Tlsa& record);
  RecordNote unmatched(const dns::Tlsa& record) const;
  void warn_about_anchor(const dns::Tlsa& record);
  void warn_about_leaf();

  Peer& peer_;
  const policy::Requirement& requirement_;
  const Context& context_;
  PathFinder finder_;
  TlsaMatcher matcher_;
  DaneFinding out_;
};

}  // namespace verify
