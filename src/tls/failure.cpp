#include "src/tls/failure.h"

#include <gnutls/gnutls.h>

namespace tls {

std::string failure_text(gnutls_session_int* session, int rc) {
  if (rc != GNUTLS_E_FATAL_ALERT_RECEIVED) return gnutls_strerror(rc);
  const char* name = gnutls_alert_get_name(gnutls_alert_get(session));
  return std::string("the peer sent alert ") + (name != nullptr ? name : "unknown");
}

}  // namespace tls
