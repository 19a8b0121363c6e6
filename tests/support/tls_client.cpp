#include "tests/support/tls_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>

#include "tests/support/shown.h"
#include "tests/support/tls_server.h"

namespace support {
namespace {

struct Context {
  int fd = -1;
  std::size_t piece = 0;
  Shown* shown = nullptr;
  SeenServer* seen = nullptr;
};

int show(gnutls_session_t session, const gnutls_cert_retr_st* /*info*/,
         gnutls_pcert_st** certificates, unsigned* count, gnutls_ocsp_data_st** ocsp,
         unsigned* ocsp_count, gnutls_privkey_t* key, unsigned* flags) {
  auto& context = *static_cast<Context*>(gnutls_session_get_ptr(session));
  context.seen->was_asked = true;
  auto& list = context.shown->chain;
  *certificates = list.data();
  *count = static_cast<unsigned>(list.size());
  *key = list.empty() ? nullptr : context.shown->key;
  *ocsp = nullptr;
  *ocsp_count = 0;
  *flags = 0;
  return 0;
}

ssize_t push(gnutls_transport_ptr_t to, const void* octets, std::size_t size) {
  const auto& context = *static_cast<Context*>(to);
  const std::size_t most = context.piece == 0 ? size : std::min(size, context.piece);
  return ::send(context.fd, octets, most, MSG_NOSIGNAL);
}

ssize_t pull(gnutls_transport_ptr_t from, void* into, std::size_t size) {
  return ::recv(static_cast<Context*>(from)->fd, into, size, 0);
}

int note_ticket(gnutls_session_t session, unsigned /*type*/, unsigned /*when*/,
                unsigned incoming, const gnutls_datum_t* /*message*/) {
  const auto& context = *static_cast<Context*>(gnutls_session_get_ptr(session));
  if (incoming != 0) ++context.seen->tickets;
  return 0;
}

struct SessionFree {
  void operator()(gnutls_session_int* s) const { gnutls_deinit(s); }
};
struct CredentialsFree {
  void operator()(gnutls_certificate_credentials_st* c) const {
    gnutls_certificate_free_credentials(c);
  }
};

void prepare(gnutls_session_t session, const ClientRecipe& recipe) {
  must(gnutls_priority_set_direct(session, recipe.priorities.c_str(), nullptr));
  if (const auto& name = recipe.server_name; !name.empty()) {
    must(gnutls_server_name_set(session, GNUTLS_NAME_DNS, name.data(), name.size()));
  }
  std::vector<gnutls_datum_t> protocols;
  for (const auto& one : recipe.protocols) protocols.push_back(datum(one));
  if (!protocols.empty()) {
    must(gnutls_alpn_set_protocols(session, protocols.data(),
                                   static_cast<unsigned>(protocols.size()), 0));
  }
  if (const auto& old = recipe.session; !old.empty()) {
    must(gnutls_session_set_data(session, old.data(), old.size()));
  }
}

void listen(gnutls_session_t session, SeenServer& seen) {
  SeenClient heard;
  listen_to_the_end(session, heard);
  seen.heard = heard.heard;
  seen.heard_goodbye = heard.heard_goodbye;
}

void keep_session(gnutls_session_t session, SeenServer& seen) {
  const bool tls13 = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3;
  if (tls13 && (gnutls_session_get_flags(session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0) {
    return;
  }
  gnutls_datum_t data{};
  if (gnutls_session_get_data2(session, &data) != 0) return;
  const auto octets = std::as_bytes(std::span(data.data, data.size));
  seen.session.assign(octets.begin(), octets.end());
  gnutls_free(data.data);
}

void look_around(gnutls_session_t session, SeenServer& seen) {
  seen.resumed = gnutls_session_is_resumed(session) != 0;
  gnutls_datum_t protocol{};
  if (gnutls_alpn_get_selected_protocol(session, &protocol) == 0) {
    seen.protocol.assign(reinterpret_cast<char*>(protocol.data), protocol.size);
  }
  unsigned count = 0;
  const auto* list = gnutls_certificate_get_peers(session, &count);
  for (unsigned i = 0; !seen.resumed && list != nullptr && i < count; ++i) {
    const auto octets = std::as_bytes(std::span(list[i].data, list[i].size));
    seen.certificates.emplace_back(octets.begin(), octets.end());
  }
}

}  // namespace

SeenServer talk_to_server(int fd, const ClientRecipe& recipe, std::string_view words) {
  SeenServer seen;
  Shown shown(key_pem(recipe.key));
  for (const auto& der : recipe.chain) shown.add(shown.chain, der, GNUTLS_CRT_X509);
  Context context{fd, recipe.piece, &shown, &seen};

  gnutls_certificate_credentials_t own = nullptr;
  must(gnutls_certificate_allocate_credentials(&own));
  const std::unique_ptr<gnutls_certificate_credentials_st, CredentialsFree> own_held(own);
  gnutls_certificate_set_retrieve_function3(own, show);

  gnutls_session_t session = nullptr;
  must(gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL | recipe.flags));
  const std::unique_ptr<gnutls_session_int, SessionFree> held(session);
  prepare(session, recipe);
  must(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, own));
  gnutls_session_set_ptr(session, &context);
  gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_NEW_SESSION_TICKET,
                                     GNUTLS_HOOK_POST, note_ticket);
  gnutls_transport_set_ptr(session, &context);
  gnutls_transport_set_push_function(session, push);
  gnutls_transport_set_pull_function(session, pull);
  do {
    seen.handshake = gnutls_handshake(session);
  } while (seen.handshake < 0 && gnutls_error_is_fatal(seen.handshake) == 0);
  if (seen.handshake == GNUTLS_E_SUCCESS) {
    look_around(session, seen);
    say(session, words);
    listen(session, seen);
    keep_session(session, seen);
    gnutls_bye(session, GNUTLS_SHUT_WR);
  }
  // In TLS 1.3 a server may refuse a client that believes to be done.
  if (const auto alert = gnutls_alert_get(session); alert != GNUTLS_A_CLOSE_NOTIFY) {
    if (const char* name = gnutls_alert_get_name(alert)) seen.alert = name;
  }
  return seen;
}

}  // namespace support
