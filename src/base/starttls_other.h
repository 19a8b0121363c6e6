#pragma once

#include "src/base/starttls.h"

/// Inside of starttls: the protocols that do not speak in lines, and the errors that all
/// of them share.
namespace starttls {

/// Codes `starttls_not_offered`, `starttls_refused` and `protocol`, kind `temporary`.
[[nodiscard]] tl::unexpected<base::Error> not_offered();
[[nodiscard]] tl::unexpected<base::Error> refused(std::string_view said);
[[nodiscard]] tl::unexpected<base::Error> unwelcome(std::string_view said);

/// XMPP (RFC 6120 5.4): a stream, its features, `<starttls/>`, `<proceed/>`. `space` is
/// the stream's default namespace.
[[nodiscard]] std::unique_ptr<Dialogue> make_xmpp(std::string space, std::string peer);
/// LDAP (RFC 4511 4.14): one extended request, one extended response.
[[nodiscard]] std::unique_ptr<Dialogue> make_ldap();
/// PostgreSQL (its manual, "SSL Session Encryption"): eight octets, one octet.
[[nodiscard]] std::unique_ptr<Dialogue> make_postgres();

}  // namespace starttls
