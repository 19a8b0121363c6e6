#include "src/qmail/ledger.h"

#include "src/client/wall_clock.h"

namespace qmail {

bool Ledger::is_dead(const net::Address& address) const {
  return dead_.is_dead(address, client::wall_clock());
}

std::string Ledger::trouble() const {
  if (events_.empty()) return "";
  const std::string why =
      tlsrpt::why_not_kept(tls_events_, events_.front().domain, client::wall_clock());
  return why.empty() ? "" : "TLS session not counted: " + why + "\n";
}

void Ledger::write() const {
  const auto now = client::wall_clock();
  for (const net::Address& address : answered_) dead_.answered(address);
  for (const net::Address& address : failed_) dead_.failed(address, now);
  tlsrpt::keep_events(tls_events_, events_, now);
}

}  // namespace qmail
