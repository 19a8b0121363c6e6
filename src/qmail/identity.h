#pragma once

#include <optional>
#include <string>

#include "src/base/address.h"
#include "src/qmail/control.h"

namespace qmail {

/// Where connections come from and how the client calls itself.
struct Identity {
  std::optional<net::Address> source;
  std::string helo;
};

/// By control/domainips, domainbindings and outgoingip; helohost, else me. Error kind
/// `temporary`, code `control`, also when there is no name at all.
[[nodiscard]] base::Result<Identity> identity_of(const Control& control,
                                                 const std::string& sender_domain);

}  // namespace qmail
