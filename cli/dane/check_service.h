#pragma once

#include "cli/dane/check_host.h"

namespace cli::dane {

/// One target of a service.
struct CheckedTarget {
  dns::Srv record;
  CheckJob job;
  Checked checked;
};

/// What came of a service: what its SRV records say, and a check of each target.
struct CheckedService {
  client::ServiceTargets found;
  std::vector<CheckedTarget> targets;
  std::optional<base::Error> error;  ///< why there are no targets
};

/// Looks the SRV records of the job up and checks each target, one after the other; none
/// stands in for another (RFC 7673 10.1).
[[nodiscard]] io::Task<CheckedService> check_service(const Surroundings& here,
                                                     resolver::Resolver& resolver,
                                                     const CheckJob& job);

/// The exit status: that of the worst target. One that is not reached, or whose look-up
/// fails, counts beside one that is proved: nothing is known of it.
[[nodiscard]] Outcome outcome_of(const CheckedService& service);

/// Whether DANE is had at some of the targets and not at others, so that whoever goes on
/// to the next target may lose it (RFC 7673 10.1).
[[nodiscard]] bool is_mixed(const CheckedService& service);

/// The object of `dane check --srv --json` (docs/json.md), with its line end.
[[nodiscard]] std::string json_of(const CheckJob& job, const CheckedService& service);

}  // namespace cli::dane
