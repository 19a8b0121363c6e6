#pragma once

#include "verify/context.h"

namespace verify {

/// The budget of one judgement while it is spent. There is one, made by `check` and
/// handed down by reference: what the records of an RRset cost is missing for the next
/// record, and what DANE cost is missing for PKIX beside it.
class Purse {
 public:
  explicit Purse(const Budget& budget) : budget_(budget) {}

  /// Pays for one step of a search; false, and nothing is paid, if none is left.
  [[nodiscard]] bool spend_step() {
    if (steps_ >= budget_.steps) return false;
    ++steps_;
    return true;
  }
  /// Pays for so many signatures; false, and nothing is paid, if fewer are left.
  [[nodiscard]] bool spend_signatures(std::size_t count) {
    if (count > budget_.signatures - signatures_) return false;
    signatures_ += count;
    return true;
  }

  /// The bounds that are no matter of what was spent before.
  [[nodiscard]] const Budget& budget() const { return budget_; }
  /// Signatures paid for so far.
  [[nodiscard]] std::size_t signatures() const { return signatures_; }
  /// Steps paid for so far.
  [[nodiscard]] std::size_t steps() const { return steps_; }

 private:
  Budget budget_;
  std::size_t signatures_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace verify
