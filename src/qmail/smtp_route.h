#pragma once

#include <optional>
#include <string>

#include "src/qmail/control.h"

namespace qmail {

/// A host that takes mail in place of a domain's own (control/smtproutes).
struct SmtpRoute {
  std::string host;  ///< a name or an address, without brackets; empty: the domain's own
  std::optional<std::uint16_t> port;  ///< if the entry says one
};

/// The relay of mail to a domain: for an empty sender the entry `!@`, which s/qmail has
/// for bounces; else the entry of the domain, else of the longest `.suffix`, else of
/// the empty domain; an empty relay means the domain's own hosts. Nothing without an
/// entry. `relay`, `relay:port`, `relay;port`, `[address]:port`, `:port`. Error kind
/// `temporary`, code `control`, for an entry that cannot be honoured (a user and
/// password).
[[nodiscard]] base::Result<std::optional<SmtpRoute>> smtp_route(
    const Control& control, const std::string& domain, const std::string& sender);

}  // namespace qmail
