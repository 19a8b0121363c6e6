// What a peer that has been proved can still do to us without sending any data.
//
// RFC 8446 and RFC 5246 let it send warnings, requests for renegotiation, tickets and key
// updates as often as it likes. GnuTLS answers or swallows each and then says "again";
// whoever reads looks at no deadline while there is something to read. So a peer, or
// whoever took it over, could keep a program busy for ever, and each answer to one of its
// requests waits in memory for a socket that it never reads. Warnings and requests have
// one small limit for the whole session, messages without data a large one that begins
// anew with each octet of data: honest servers send a ticket or two and update their keys
// after gigabytes. Beyond that the session has failed, and what was read stands.
//
// A renegotiation is declined and nothing more (RFC 5246 7.2.2): the keys stay those of
// the peer that was judged. An end of the connection without close_notify is told apart
// from a close, for whoever is on the way can forge it (RFC 8446 6.1).
#include "src/tls/records.h"

#include <gnutls/gnutls.h>

#include <cerrno>
#include <string>

#include "src/tls/failure.h"

namespace tls {
namespace {

constexpr unsigned kMostNuisances = 16;  // each answer to one waits in memory
constexpr unsigned kMostIdle = 1000;     // messages without data between two with

ReadResult ended(ReadState state) { return {state, 0, {}}; }

ReadResult failed(base::Code code, const std::string& why) {
  return {ReadState::failed,
          0,
          {base::ErrorKind::temporary, code, "unable to read from the peer: " + why}};
}

}  // namespace

ReadResult Records::read(int fd, std::span<std::byte> into) {
  transport_.use(fd);
  for (;;) {
    const ssize_t n = gnutls_record_recv(session_, into.data(), into.size());
    if (n > 0) {
      idle_ = 0;
      return {ReadState::data, static_cast<std::size_t>(n), {}};
    }
    if (n == 0) return ended(ReadState::closed);
    if (auto end = settle(static_cast<int>(n))) return *end;
  }
}

std::optional<ReadResult> Records::settle(int rc) {
  switch (rc) {
    case GNUTLS_E_AGAIN:
      return wait_or_end();
    case GNUTLS_E_REHANDSHAKE:
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
      return nuisance(rc);
    case GNUTLS_E_PULL_ERROR:
      return failed(base::Code::io, base::system_message(errno));
    default:
      break;
  }
  if (gnutls_error_is_fatal(rc) == 0) return std::nullopt;
  return failed(base::Code::tls, "TLS: " + failure_text(session_, rc));
}

// GnuTLS also says "again" after a part of a long message: while records lie in our
// buffer the socket would never become readable.
std::optional<ReadResult> Records::wait_or_end() {
  if (!transport_.unread()) {
    return ended(transport_.at_end() ? ReadState::truncated : ReadState::wait);
  }
  if (++idle_ <= kMostIdle) return std::nullopt;
  return failed(base::Code::tls, "it sends messages of TLS for ever, and no data");
}

std::optional<ReadResult> Records::nuisance(int rc) {
  const bool again = rc == GNUTLS_E_REHANDSHAKE;
  if (++nuisances_ > kMostNuisances) {
    return failed(base::Code::tls,
                  std::string("it sends ") +
                      (again ? "requests for renegotiation" : "warnings") + " for ever");
  }
  if (again) {
    gnutls_alert_send(session_, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
  }
  return std::nullopt;
}

base::Result<void> Records::write(base::ByteView data) {
  while (!data.empty()) {
    const ssize_t n = gnutls_record_send(session_, data.data(), data.size());
    const int rc = static_cast<int>(n);
    if (n < 0 && gnutls_error_is_fatal(rc) != 0) {
      return base::fail(base::ErrorKind::temporary, base::Code::tls,
                        std::string("TLS: ") + gnutls_strerror(rc));
    }
    if (n > 0) data = data.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

void Records::refuse() {
  gnutls_alert_send(session_, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED);
}

void Records::close_notify() { gnutls_bye(session_, GNUTLS_SHUT_WR); }

}  // namespace tls
