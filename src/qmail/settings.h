#pragma once

#include <string>

#include "resolver/config.h"
#include "src/mail/reach.h"
#include "src/qmail/control.h"

namespace qmail {

/// How connections are made for mail of a sender's domain: addresses, names, time-outs,
/// our certificate. Error code `control`.
[[nodiscard]] base::Result<mail::Options> ways_of(const Control& control,
                                                  const std::string& sender_domain);

/// How to resolve: control/dnsanchor, unbound.conf and dnsforward. Error code `control`.
[[nodiscard]] base::Result<resolver::Config> resolver_config_of(const Control& control);

}  // namespace qmail
