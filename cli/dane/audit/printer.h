#pragma once

#include <map>
#include <string>

#include "cli/dane/audit/text.h"
#include "cli/dane/audit/wanted.h"

namespace cli::report {

/// What stands on standard output of each domain, in the form and the order that are
/// wanted. It gives texts and writes none.
class Printer {
 public:
  explicit Printer(const Wanted& wanted);

  /// What is to be printed now that a domain is done, whose line of JSON is known.
  [[nodiscard]] std::string take(const audit::DomainAudit& audited,
                                 std::string_view json);
  /// What is left at the end: what waited for domains that never came, and a domain that
  /// stayed the only one, in full.
  [[nodiscard]] std::string finish();
  /// How it looks.
  [[nodiscard]] const Look& look() const { return look_; }

 private:
  [[nodiscard]] std::string form(const audit::DomainAudit& audited,
                                 std::string_view json);
  [[nodiscard]] std::string in_turn(std::uint64_t number, std::string text);
  [[nodiscard]] std::string behind_others(std::string text);

  const Wanted& wanted_;
  Look look_;
  std::uint64_t taken_ = 0;
  bool any_ = false;        // something was printed
  std::string only_one_;    // the first domain in full, while it is the only one
  std::string first_;       // the same, as it stands among others
  std::uint64_t next_ = 1;  // the number whose turn it is
  std::map<std::uint64_t, std::string> waiting_;
};

}  // namespace cli::report
