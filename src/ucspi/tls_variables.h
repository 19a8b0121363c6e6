#pragma once

#include <string>

#include "src/tls/session.h"
#include "src/ucspi/environment.h"

namespace ucspi {

/// The SSL_* variables of mod_ssl for a session (-s): protocol, cipher and session, then
/// SSL_SERVER_* for what the peer sent and SSL_CLIENT_* for what we sent, if anything.
/// Variables for what is not there are removed, even if they are inherited.
void set_tls_variables(Environment& environment, const tls::Session& session);

}  // namespace ucspi
