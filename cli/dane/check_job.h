#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/dane/command.h"
#include "cli/waiting.h"
#include "src/base/starttls.h"
#include "src/client/reach_target.h"
#include "src/client/service.h"
#include "verify/roots.h"

namespace cli::dane {

inline constexpr std::string_view kCheckUsage =
    "usage: dane check [OPTIONS] HOST [PORT] | --srv SERVICE DOMAIN";

/// All that is wanted of a check, or of a connection that is kept.
struct CheckJob {
  std::string word;
  client::Target target;
  client::Addresses addresses = client::Addresses::all;
  policy::Demand demand;
  client::Options options;
  std::optional<starttls::Protocol> starttls;
  /// The host is a domain, and its SRV records for this name the hosts.
  std::optional<client::ServiceType> service;
  std::optional<client::Referral> referral;  ///< of a host that SRV records name
  std::optional<verify::Roots> roots;
  bool first_alone = false;  ///< the first address that answers, not all of them
  bool every = false;        ///< one that is not reached counts
  bool verbose = false;

  [[nodiscard]] const verify::Roots* store() const { return roots ? &*roots : nullptr; }
};

/// The options that a job is read from, but for those of the resolver.
[[nodiscard]] std::vector<Option> with_job_options(std::vector<Option> options);

/// What the command line of `dane check` or `dane connect` asks for. Error kind `usage`,
/// with `usage` where there is no host; a policy that needs a trust store is refused
/// without `--ca`, and `--ca` lets PKIX prove a peer that has no TLSA records. Whoever
/// has the trust store already gives it as `store`, and no file is read.
[[nodiscard]] base::Result<CheckJob> check_job(const Arguments& arguments,
                                               std::string_view usage = kCheckUsage,
                                               const verify::Roots* store = nullptr);

/// The job of one target of a service, which is what the job of the service demands.
[[nodiscard]] CheckJob target_job(const CheckJob& service,
                                  const client::Referral& referral,
                                  const dns::Srv& target);

/// How connections of the job are made. `waiting`, which outlives them, says how far one
/// is.
[[nodiscard]] client::Options flow_options(const CheckJob& job, WaitingLine& waiting);

/// The host of the job and an address of it: `mx.example.org [192.0.2.25]`.
[[nodiscard]] std::string place_words(const CheckJob& job, const net::Address& address);

/// What the job wants of one connection; the job must outlive it.
[[nodiscard]] client::Wanted wanted_of(const CheckJob& job);

}  // namespace cli::dane
