#pragma once

#include <optional>
#include <span>

#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/tls/session.h"
#include "src/tls/transport.h"

struct gnutls_session_int;  // GnuTLS's session

namespace tls {

/// The data phase of a session, whichever end of it we are: records in and out, alerts,
/// the close, and limits to what a peer may send that is no data. See Session.
class Records {
 public:
  /// Both must outlive it.
  Records(gnutls_session_int* session, Transport& transport)
      : session_(session), transport_(transport) {}

  [[nodiscard]] ReadResult read(int fd, std::span<std::byte> into);
  [[nodiscard]] base::Result<void> write(base::ByteView data);
  void refuse();
  void close_notify();

 private:
  /// What ends a read that gave GnuTLS's code `rc` and no data; nothing if it goes on.
  std::optional<ReadResult> settle(int rc);
  std::optional<ReadResult> wait_or_end();
  std::optional<ReadResult> nuisance(int rc);

  gnutls_session_int* session_;
  Transport& transport_;
  unsigned idle_ = 0;       // messages since the last data
  unsigned nuisances_ = 0;  // renegotiations it asked for, warnings it sent
};

}  // namespace tls
