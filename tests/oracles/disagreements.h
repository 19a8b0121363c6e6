#pragma once

#include <cstddef>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace oracles {

/// Disagreements that are known and right, each with the section that decides it; every
/// other one, and every one that never occurs, is a failure.
class Disagreements {
 public:
  /// The rows of disagreements.tsv for this oracle.
  explicit Disagreements(const std::string& oracle);

  /// Notes one comparison. Fails the test on a disagreement that is not listed.
  void compare(const std::string& question, bool ours, const std::string& our_reason,
               bool theirs, const std::string& their_reason);
  /// Fails the test for rows that never occurred; prints the counts.
  void finish(std::size_t least_cases) const;

 private:
  struct Row {
    std::regex question;
    bool ours = false;  ///< whether we accept where they do not
    std::string section;
    std::string why;
    std::size_t count = 0;
  };
  std::string oracle_;
  std::vector<Row> rows_;
  std::size_t cases_ = 0;
  std::size_t agreed_ = 0;
  std::size_t unlisted_ = 0;
};

}  // namespace oracles
