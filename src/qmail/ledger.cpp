#include "src/qmail/ledger.h"

#include "src/client/secure.h"

namespace qmail {

bool Ledger::is_dead(const net::Address& address) const {
  return dead_.is_dead(address, client::wall_clock());
}

void Ledger::write() const {
  const auto now = client::wall_clock();
  for (const net::Address& address : answered_) dead_.answered(address);
  for (const net::Address& address : failed_) dead_.failed(address, now);
  for (const TlsEvent& event : events_) keep_event(tls_events_, event, now);
}

}  // namespace qmail
