#pragma once

#include <string>

#include "src/qmail/attempt.h"
#include "src/qmail/ledger.h"
#include "src/qmail/mail_policy.h"
#include "src/qmail/route.h"

namespace qmail {

/// Writes into the ledger what a domain's TLS report says of one delivery (RFC 8460 4.3).
/// Where mail goes another way than the domain's own hosts, by smtproutes or to an
/// address, nothing is about the domain and nothing is written.
class SessionLog {
 public:
  /// `domain` is that of the mail; `source` the address that connections come from, empty
  /// if it is not known.
  struct Origin {
    std::string domain;
    std::string source;
  };
  SessionLog(Ledger& ledger, Origin origin)
      : ledger_(ledger), origin_(std::move(origin)) {}

  /// Says where the mail goes, before anything is added.
  void follow(const Route& route) { is_elsewhere_ = route.relayed || route.literal; }
  /// A host that was not used, at the port where it would have been.
  void add_failure(const std::string& host, const MailPolicy& policy, std::uint16_t port,
                   const base::Error& error);
  /// All sessions of an attempt, also those that were made up for.
  void add_attempt(const std::string& host, const MailPolicy& policy,
                   const mail::Peer& peer, const AttemptResult& result);

 private:
  [[nodiscard]] tlsrpt::TlsEvent event_at(const std::string& host) const;
  void add_session(const std::string& host, const mail::Peer& peer,
                   const AttemptResult& result);

  Ledger& ledger_;
  Origin origin_;
  bool is_elsewhere_ = false;
};

}  // namespace qmail
