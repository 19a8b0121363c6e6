#pragma once

#include <optional>
#include <string>

#include "src/qmail/outgoing_mail.h"

namespace qmail {

/// The report on a mail that a server cannot take by what it offers: an address in UTF-8
/// without SMTPUTF8 (RFC 6531 3.2), more octets than its SIZE (RFC 1870 6.1; exactly as
/// many fit). Nothing if it may be sent; `where` is the server's address.
[[nodiscard]] std::optional<Report> missing_capability(const smtp::Offers& offers,
                                                       const Mail& mail,
                                                       const std::string& where);

}  // namespace qmail
