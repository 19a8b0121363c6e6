#pragma once

#include <string>

#include "src/tls/session.h"
#include "src/ucspi/environment.h"

namespace ucspi {

/// Which end of a session we are.
enum class OwnRole { client, server };

/// The SSL_* variables of mod_ssl for a session (-s): protocol, cipher and session, then
/// SSL_SERVER_* and SSL_CLIENT_* for what the two ends showed, if anything: the peer's
/// whole chain, of ours the leaf. A server also tells the name that the client asked for
/// (SSL_TLS_SNI) and whether it showed a certificate (SSL_CLIENT_VERIFY, which is
/// `SUCCESS` or `NONE`: there is no session with one that was refused). Variables for
/// what is not there are removed, even if they are inherited.
void set_tls_variables(Environment& environment, const tls::Session& session,
                       OwnRole role);

}  // namespace ucspi
