#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/address.h"
#include "src/qmail/control.h"

namespace qmail {

/// A host that takes mail in place of a domain's own (control/smtproutes).
struct Relay {
  std::string host;  ///< a name or an address, without brackets; empty: the domain's own
  std::optional<std::uint16_t> port;  ///< if the entry says one
};

/// The relay of mail to a domain: for an empty sender the entry `!@`, which s/qmail has
/// for bounces; else the entry of the domain, else of the longest `.suffix`, else of
/// the empty domain; an empty relay means the domain's own hosts. Nothing without an
/// entry. `relay`, `relay:port`, `relay;port`, `[address]:port`, `:port`. Error kind
/// `temporary`, code `control`, for an entry that cannot be honoured (a user and
/// password).
[[nodiscard]] base::Result<std::optional<Relay>> relay_of(const Control& control,
                                                          const std::string& domain,
                                                          const std::string& sender);

/// Where connections come from and how the client calls itself.
struct Identity {
  std::optional<net::Address> source;
  std::string helo;
};

/// By control/domainips, domainbindings and outgoingip; helohost, else me. Error kind
/// `temporary`, code `control`, also when there is no name at all.
[[nodiscard]] base::Result<Identity> identity_of(const Control& control,
                                                 const std::string& sender_domain);

/// A client's certificate (control/domaincerts, else clientcert.pem).
struct OwnCertificate {
  std::string certificate_file;
  std::string key_file;
  std::string password;
};
[[nodiscard]] base::Result<std::optional<OwnCertificate>> certificate_of(
    const Control& control, const std::string& sender_domain);

}  // namespace qmail
