#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/qmail/dead_hosts.h"
#include "src/tlsrpt/event_store.h"

namespace qmail {

/// What processes learn from one another: which addresses do not answer, and how TLS
/// sessions came out. Collected during a delivery, written after its report.
class Ledger {
 public:
  Ledger(std::string dead_hosts, std::string tls_events)
      : dead_(std::move(dead_hosts)), tls_events_(std::move(tls_events)) {}

  [[nodiscard]] bool is_dead(const net::Address& address) const;
  void answered(const net::Address& address) { answered_.push_back(address); }
  void failed(const net::Address& address) { failed_.push_back(address); }
  void add(tlsrpt::TlsEvent event) { events_.push_back(std::move(event)); }

  [[nodiscard]] const std::vector<tlsrpt::TlsEvent>& events() const { return events_; }

  /// Why the sessions cannot be counted, as a line for the log; empty if they can be.
  [[nodiscard]] std::string trouble() const;

  /// Writes all of it; never waits long, and what cannot be written is forgotten.
  void write() const;

 private:
  DeadHosts dead_;
  std::string tls_events_;
  std::vector<net::Address> answered_;
  std::vector<net::Address> failed_;
  std::vector<tlsrpt::TlsEvent> events_;
};

}  // namespace qmail
