#pragma once

#include <string>
#include <vector>

#include "verify/case.h"
#include "verify/path.h"
#include "verify/verdict.h"

namespace verify {

/// Judges the usable records of a case one after another.
class RecordJudge {
 public:
  explicit RecordJudge(const Case& the_case);

  /// Whether this record proves the peer, and if not why.
  [[nodiscard]] RecordNote judge(const dns::Tlsa& record);
  /// The presented name by which the last record that matched knows the peer; empty if it
  /// asked for none.
  [[nodiscard]] const std::string& matched_name() const { return matched_name_; }
  /// What was seen on the way and decided nothing, for people.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  RecordNote judge_by_usage(const dns::Tlsa& record);
  RecordNote judge_raw_key(const dns::Tlsa& record);
  RecordNote judge_dane_ee(const dns::Tlsa& record);
  RecordNote judge_dane_ta(const dns::Tlsa& record);
  RecordNote judge_pkix_ee(const dns::Tlsa& record);
  RecordNote judge_pkix_ta(const dns::Tlsa& record);
  RecordNote judge_path(const dns::Tlsa& record, const PathJudgement& path,
                        std::size_t depth);
  RecordNote nowhere(const dns::Tlsa& record, const PathJudgement& path,
                     const std::vector<Link*>& matching) const;
  RecordNote unmatched(const dns::Tlsa& record) const;
  PathJudgement find_anchor(const dns::Tlsa& record, const std::vector<Link*>& matching);
  std::vector<Link*> matching_links(const dns::Tlsa& record);
  void warn_about_anchor(const dns::Tlsa& record, const std::vector<Link*>& matching);
  void warn_about_leaf();

  Peer& peer_;
  const policy::Requirement& requirement_;
  const Context& context_;
  PathFinder finder_;
  std::string matched_name_;
  std::vector<std::string> warnings_;
};

}  // namespace verify
