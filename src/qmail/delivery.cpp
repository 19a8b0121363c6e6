// Which hosts a message is offered to, in which order, and when that ends.
//
// Order. MX records say it (RFC 5321 5.1), and TLSA records change nothing about it (RFC
// 7672 2.2.1): a domain whose best host has none is not the safer for it if we go to a
// worse one, but whoever can drop packets could then choose the host. Each host is judged
// alone. One that does not prove what it must is skipped like one that is down, and if
// all are skipped the mail waits: temporary, never bounced, for an attack or a wrong
// record passes, and the sender's copy is not lost meanwhile.
//
// Look-ups. Forged or dropped answers are what an attacker on the way has: a look-up of
// addresses or of TLSA records that fails skips that host (RFC 7672 2.1.2), it never
// makes the host one without records. MX records that cannot be looked up delay the mail;
// the domain's own address is no way round them.
//
// Insecure MX. Where the records that lead to a host may be forged, a proof by DANE is
// one of the host and not of the domain. It is asked for all the same, for it keeps
// listeners away from an honest host, and the log says that it is no more (RFC 7672
// 2.2.1). Where the user made DANE a duty such a host is not used at all
// (required_peer.h).
//
// This machine. A host that is this machine would get the mail and hand it here again
// (loop_avoidance.h); addresses of all hosts of one preference are looked up first, since
// one of them stops them all. Those of the next preference are looked up while these are
// tried (host_search.h): not earlier, for most mail never needs them.
//
// When it ends. A server that was proved decides: its refusal is the answer, and no other
// host is asked, for it might take what the first one knows to be unwanted, or take it
// twice. Everything before that point goes on to the next address. An address without a
// route, or one that was silent an hour ago (dead_hosts.h), costs no attempt; the others
// are counted (attempt_count.h), for the domain says how many there are.
//
// Greetings. A server may take five minutes for its greeting (RFC 5321 4.5.3.2.1). That
// is granted to the last address of the last host; before it, a minute is enough to go on
// to the next one.
#include "src/qmail/delivery.h"

#include "src/qmail/entries.h"
#include "src/qmail/message.h"
#include "src/qmail/policies.h"
#include "src/qmail/reachability.h"
#include "src/qmail/required_peer.h"

namespace qmail {
namespace {

constexpr std::chrono::seconds kGreeting{60}, kLastGreeting{300};

std::vector<net::Address> addresses_in(const std::vector<resolver::Host>& hosts) {
  std::vector<net::Address> out;
  for (const resolver::Host& host : hosts) {
    out.insert(out.end(), host.addresses.begin(), host.addresses.end());
  }
  return out;
}

}  // namespace

Delivery::Delivery(DeliveryTools tools, const Job& job)
    : tools_(std::move(tools)),
      job_(job),
      domain_(domain_key(job.host)),
      sender_domain_(domain_key(domain_of(job.sender))),
      sessions_(tools_.ledger, {domain_, tools_.source}) {}

base::Result<MailPolicy> Delivery::policy_for(const std::string& host) const {
  return policy_of(tools_.control, {domain_, host, sender_domain_});
}

// --- one host

std::optional<base::Error> Delivery::why_not_tried(const net::Address& address) const {
  if (!tools_.has_route(address)) {
    return base::Error{base::ErrorKind::temporary, base::Code::connect,
                       "no route to " + net::to_text(address) + " from here"};
  }
  if (tools_.ledger.is_dead(address)) {
    return base::Error{base::ErrorKind::temporary, base::Code::dead,
                       net::to_text(address) + " did not answer lately"};
  }
  return std::nullopt;
}

void Delivery::remember(const net::Address& address, const AttemptResult& result) {
  switch (reachability(result)) {
    case Reachability::answers:
      tools_.ledger.answered(address);
      break;
    case Reachability::silent:
      tools_.ledger.failed(address);
      break;
    case Reachability::unknown:
      break;
  }
}

io::Task<std::optional<Report>> Delivery::try_addresses(const Candidate& candidate,
                                                        const MailPolicy& policy,
                                                        Approach& approach,
                                                        const PeerLookup& lookup,
                                                        Hope hope) {
  count_.next_host();
  for (const net::Address& address : candidate.addresses) {
    if (const auto why = why_not_tried(address)) {
      failures_.add(candidate.name, *why, Stage::connection);
      continue;
    }
    if (!count_.take()) co_return std::nullopt;
    approach.endpoint.address = address;
    const bool only_hope = hope == Hope::last && address == candidate.addresses.back();
    approach.greeting_limit = only_hope ? kLastGreeting : kGreeting;
    const AttemptResult result = co_await tools_.attempt(approach);
    if (lookup.error() != nullptr) {  // about the host: its other addresses are no help
      if (result.connected) tools_.ledger.answered(address);
      fail_records(candidate, policy, approach.endpoint.port, *lookup.error());
      co_return std::nullopt;
    }
    remember(address, result);
    mail::Peer peer = *lookup.peer();
    peer.endpoint = approach.endpoint;
    sessions_.add_attempt(candidate.name, policy, peer, result);
    if (result.report) co_return *result.report;
    const base::Error error = result.report.error().in(net::to_text(address));
    sessions_.add_failure(candidate.name, policy, approach.endpoint.port, error);
    failures_.add_attempt(candidate.name, error, result.facts.verdict);
  }
  co_return std::nullopt;
}

io::Task<std::optional<Report>> Delivery::try_host(const Route& route,
                                                   const Candidate& candidate,
                                                   Hope hope) {
  const auto policy = policy_for(candidate.name);
  if (!policy) co_return control_trouble(policy.error());
  if (!policy->idle.empty()) remarks_.insert(policy->idle);
  PeerLookup lookup(tools_.resolver, stores_, route, *policy, candidate);
  if (lookup.needs_no_dns()) (void)co_await lookup.terms();
  const std::uint16_t port = port_for(route, *policy);
  if (lookup.error() != nullptr) {
    fail_records(candidate, *policy, port, *lookup.error());
    co_return std::nullopt;
  }
  Approach approach = approach_to(route, *policy, candidate, lookup);
  co_return co_await try_addresses(candidate, *policy, approach, lookup, hope);
}

void Delivery::fail_records(const Candidate& candidate, const MailPolicy& policy,
                            std::uint16_t port, const base::Error& error) {
  sessions_.add_failure(candidate.name, policy, port, error);
  failures_.add(candidate.name, error, Stage::records);
}

// --- host by host

std::vector<resolver::Host> Delivery::keep_found(const Route& route,
                                                 HostSearch::Group group,
                                                 HostSearch::Found found) {
  std::vector<resolver::Host> out;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (found[i]) {
      out.push_back(std::move(*found[i]));
      continue;
    }
    const std::string& name = group[i].name.text();
    const base::Error& error = found[i].error();
    if (const auto policy = policy_for(name)) {
      sessions_.add_failure(name, *policy, port_for(route, *policy), error);
    }
    failures_.add(name, error, Stage::addresses);
  }
  return out;
}

io::Task<std::optional<Report>> Delivery::try_group(
    const Route& route, const std::vector<resolver::Host>& group, Hope hope) {
  for (const resolver::Host& host : group) {
    const Candidate candidate{host.original.text(), host.addresses, &host};
    const bool last = hope == Hope::last && &host == &group.back();
    auto report = co_await try_host(route, candidate, last ? Hope::last : Hope::others);
    if (report) co_return report;
  }
  co_return std::nullopt;
}

io::Task<Report> Delivery::try_hosts(const Route& route) {
  const auto groups = by_preference(route.hosts.hosts);
  HostSearch search(tools_.loop, tools_.resolver, groups);
  search.begin_next();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::vector<resolver::Host> found =
        keep_found(route, groups[i], co_await search.take());
    const GroupUse use = use_of_group(route, i, addresses_in(found), tools_.is_own);
    if (use == GroupUse::bounce) co_return report_of_loop();
    if (use == GroupUse::stop) break;
    search.begin_next();
    const Hope hope = i + 1 == groups.size() ? Hope::last : Hope::others;
    auto report = co_await try_group(route, found, hope);
    if (report) co_return std::move(*report);
  }
  co_return report_of_failures(failures_.all(), job_.host);
}

io::Task<Report> Delivery::try_literal(const Route& route) {
  const Candidate candidate{net::to_text(*route.literal), {*route.literal}, nullptr};
  if (use_of_group(route, 0, candidate.addresses, tools_.is_own) != GroupUse::use) {
    co_return report_of_loop();
  }
  auto report = co_await try_host(route, candidate, Hope::last);
  if (report) co_return std::move(*report);
  co_return report_of_failures(failures_.all(), job_.host);
}

io::Task<Report> Delivery::converse() {
  const auto route =
      co_await find_route(tools_.resolver, tools_.control, job_.host, job_.sender);
  if (!route) {
    failures_.add_route(route.error());
    co_return report_of_route(route.error(), job_.host);
  }
  sessions_.follow(*route);
  // Two branches: GCC 12 destroys the result of a co_await in a conditional expression
  // twice.
  if (route->literal) co_return co_await try_literal(*route);
  co_return co_await try_hosts(*route);
}

io::Task<Report> Delivery::run() {
  Report out = co_await converse();
  if (failures_.lookups_failed() && out.state == MessageState::temporary) {
    remarks_.insert(tools_.resolver.advice("control/dnsforward"));
  }
  for (const std::string& remark : remarks_) out.text += remark + "\n";
  co_return out;
}

}  // namespace qmail
