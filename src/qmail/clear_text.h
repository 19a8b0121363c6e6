#pragma once

#include "src/mail/connection.h"

namespace qmail {

/// How far TLS came on a connection that failed.
enum class TlsProgress { not_begun, begun, established };

[[nodiscard]] TlsProgress tls_progress(const mail::Facts& facts);

/// Whether a connection that failed may be made again in clear text (RFC 7672
/// 2.2): nobody had to be proved, the peer offers STARTTLS, and the handshake is what
/// failed. A session that came about is TLS that works: what fails behind it would fail
/// in clear text too, and clear text would only show the mail to everybody on the way.
[[nodiscard]] bool may_go_plain(const policy::Requirement& requirement,
                                TlsProgress progress, mail::TlsStart start);

}  // namespace qmail
