#pragma once

#include <string>
#include <vector>

#include "src/qmail/failures.h"

namespace qmail {

/// The hosts of one delivery that were not used.
class FailureLog {
 public:
  /// A host that could not even be connected to; its look-up may be what failed.
  void add(const std::string& host, const base::Error& error, Stage stage);
  /// An address that was connected to, or tried; `verdict` if its proof was judged.
  void add_attempt(const std::string& host, const base::Error& error,
                   const std::optional<verify::Verdict>& verdict);
  /// Mail hosts that could not be looked up at all.
  void add_route(const base::Error& error);

  /// Whether some look-up got no answer, so that another resolver might have one.
  [[nodiscard]] bool lookups_failed() const { return lookups_failed_; }
  [[nodiscard]] const std::vector<Failure>& all() const { return failures_; }

 private:
  std::vector<Failure> failures_;
  bool lookups_failed_ = false;
};

}  // namespace qmail
