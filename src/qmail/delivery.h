#pragma once

#include <functional>
#include <set>
#include <string>

#include "resolver/resolver.h"
#include "src/qmail/attempt.h"
#include "src/qmail/attempt_count.h"
#include "src/qmail/candidate.h"
#include "src/qmail/failure_log.h"
#include "src/qmail/host_search.h"
#include "src/qmail/loop_avoidance.h"
#include "src/qmail/peer_lookup.h"
#include "src/qmail/session_log.h"
#include "src/qmail/trust_stores.h"

namespace qmail {

/// What a delivery works with. All of it must outlive the delivery.
struct DeliveryTools {
  io::Loop& loop;
  resolver::Resolver& resolver;
  const Control& control;
  Ledger& ledger;
  /// Makes one attempt at one address.
  std::function<io::Task<AttemptResult>(const Approach&)> attempt;
  IsOwn is_own;
  /// Whether this machine has a route to an address.
  std::function<bool(const net::Address&)> has_route;
  std::string source;  ///< the address that connections come from; empty: as it comes
};

/// One message on its way: finds the hosts for it, and tries one after the other until a
/// server has decided about the mail (RFC 5321 5.1, RFC 7672 2.2).
class Delivery {
 public:
  /// `job` says host and sender.
  Delivery(DeliveryTools tools, const Job& job);

  /// To be awaited once. Every failure is in the report.
  [[nodiscard]] io::Task<Report> run();

 private:
  /// Whether another host or address may be tried when this one fails.
  enum class Hope { others, last };

  io::Task<Report> converse();
  io::Task<Report> try_literal(const Route& route);
  io::Task<Report> try_hosts(const Route& route);
  std::vector<resolver::Host> keep_found(const Route& route, HostSearch::Group group,
                                         HostSearch::Found found);
  io::Task<std::optional<Report>> try_group(const Route& route,
                                            const std::vector<resolver::Host>& group,
                                            Hope hope);
  io::Task<std::optional<Report>> try_host(const Route& route, const Candidate& candidate,
                                           Hope hope);
  io::Task<std::optional<Report>> try_addresses(const Candidate& candidate,
                                                const MailPolicy& policy,
                                                Approach& approach,
                                                const PeerLookup& lookup, Hope hope);
  void fail_records(const Candidate& candidate, const MailPolicy& policy,
                    std::uint16_t port, const base::Error& error);
  [[nodiscard]] base::Result<MailPolicy> policy_for(const std::string& host) const;
  [[nodiscard]] std::optional<base::Error> why_not_tried(
      const net::Address& address) const;
  void remember(const net::Address& address, const AttemptResult& result);

  DeliveryTools tools_;
  const Job& job_;
  std::string domain_;
  std::string sender_domain_;
  SessionLog sessions_;
  TrustStores stores_;
  FailureLog failures_;
  AttemptCount count_;
  std::set<std::string> remarks_;  // for whoever reads the report, whatever became of it
};

}  // namespace qmail
