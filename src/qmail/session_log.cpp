#include "src/qmail/session_log.h"

#include "src/qmail/published_policy.h"
#include "src/tlsrpt/session.h"

namespace qmail {
namespace {

tlsrpt::Session session_in(const mail::Peer& peer, const AttemptResult& result) {
  tlsrpt::Session out;
  out.address = peer.endpoint.address;
  out.established = result.facts.has_tls();
  if (!result.report) out.error = result.report.error();
  if (result.facts.verdict) out.why = result.facts.verdict->reason;
  return out;
}

}  // namespace

tlsrpt::TlsEvent SessionLog::event_at(const std::string& host) const {
  tlsrpt::TlsEvent out;
  out.domain = origin_.domain;
  out.source = origin_.source;
  out.host = host;
  return out;
}

void SessionLog::add_failure(const std::string& host, const MailPolicy& policy,
                             std::uint16_t port, const base::Error& error) {
  if (is_elsewhere_ || !is_domains_own(policy, port)) return;
  tlsrpt::TlsEvent event = event_at(host);
  if (tlsrpt::describe_failure(error, event)) ledger_.add(std::move(event));
}

void SessionLog::add_session(const std::string& host, const mail::Peer& peer,
                             const AttemptResult& result) {
  tlsrpt::TlsEvent event = event_at(host);
  if (tlsrpt::describe_session(peer.facts, session_in(peer, result), event)) {
    ledger_.add(std::move(event));
  }
}

void SessionLog::add_attempt(const std::string& host, const MailPolicy& policy,
                             const mail::Peer& peer, const AttemptResult& result) {
  if (is_elsewhere_ || !is_domains_own(policy, peer)) return;
  for (const AttemptResult& earlier : result.earlier) add_session(host, peer, earlier);
  add_session(host, peer, result);
}

}  // namespace qmail
