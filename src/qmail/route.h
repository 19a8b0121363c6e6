#pragma once

#include <optional>
#include <string>

#include "src/mail/mail_hosts.h"
#include "src/qmail/control.h"
#include "src/qmail/smtp_route.h"

namespace qmail {

/// Where the mail goes, before any host of it is looked at.
struct Route {
  mail::MailHosts hosts;
  std::optional<std::uint16_t> port;    ///< by control/smtproutes; nothing: as usual
  std::optional<net::Address> literal;  ///< in place of hosts
  bool relayed = false;
};

/// Where mail for a host goes: to a relay, else by the DNS. Errors: those of
/// mail::find_mail_hosts and of dns::Name::parse.
[[nodiscard]] io::Task<base::Result<Route>> route_by(resolver::Resolver& resolver,
                                                     std::optional<SmtpRoute> relay,
                                                     std::string host);

/// Where mail from a sender for a host goes: by control/smtproutes, else by the DNS.
/// Errors: those of `route_by`, and code `control`.
[[nodiscard]] io::Task<base::Result<Route>> find_route(resolver::Resolver& resolver,
                                                       const Control& control,
                                                       std::string host,
                                                       std::string sender);

}  // namespace qmail
