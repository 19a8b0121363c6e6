#pragma once

#include <chrono>
#include <vector>

#include "cli/dane/check_job.h"

namespace cli::dane {

/// What a check asks of others than its resolver, and by which clock it judges: live
/// (check_live.h), live with a witness (check_witness.h), or by what was written down on
/// another day (check_recorded.h).
class CheckContact {
 public:
  CheckContact() = default;
  virtual ~CheckContact() = default;
  CheckContact(const CheckContact&) = delete;
  CheckContact& operator=(const CheckContact&) = delete;

  /// One connection for this job, as `client::reach` makes it. Job and options must
  /// outlive the task.
  [[nodiscard]] virtual io::Task<client::Connection> reach(
      const CheckJob& job, std::vector<net::Endpoint> endpoints,
      client::TermsLookup terms, const client::Options& options) = 0;
  /// By which all peers of the check are judged, and by which it is told to people.
  [[nodiscard]] virtual std::chrono::sys_seconds moment() const = 0;
};

}  // namespace cli::dane
