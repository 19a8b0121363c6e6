#pragma once

#include <optional>
#include <string>

#include "src/mail/mail_hosts.h"
#include "src/qmail/control.h"

namespace qmail {

/// Where the mail goes, before any host of it is looked at.
struct Route {
  mail::MailHosts hosts;
  std::uint16_t port = 25;
  std::optional<net::Address> literal;  ///< in place of hosts
  bool relayed = false;
};

/// The domain as control files are searched for it: as the DNS has it, so that neither
/// capitals, nor a dot at its end, nor U-labels lead round an entry.
[[nodiscard]] std::string key_of(const std::string& host);

/// Where mail for a host goes: by control/smtproutes, else by the DNS. Errors: those of
/// mail::find_mail_hosts, of dns::Name::parse, and code `control`.
[[nodiscard]] io::Task<base::Result<Route>> find_route(resolver::Resolver& resolver,
                                                       const Control& control,
                                                       std::string host);

}  // namespace qmail
