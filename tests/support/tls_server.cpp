#include "tests/support/tls_server.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "tests/support/shown.h"

namespace support {
namespace {

struct Context {
  Shown* shown = nullptr;
  SeenClient* seen = nullptr;
  const base::Bytes* dnssec_chain = nullptr;
};

int hear_request(gnutls_session_t /*session*/, const unsigned char* /*data*/,
                 std::size_t /*size*/) {
  return 0;
}

int say_chain(gnutls_session_t session, gnutls_buffer_t out) {
  const auto& words =
      *static_cast<const Context*>(gnutls_session_get_ptr(session))->dnssec_chain;
  must(gnutls_buffer_append_data(out, words.data(), words.size()));
  return static_cast<int>(words.size());
}

int show(gnutls_session_t session, const gnutls_cert_retr_st* /*info*/,
         gnutls_pcert_st** certificates, unsigned* count, gnutls_ocsp_data_st** ocsp,
         unsigned* ocsp_count, gnutls_privkey_t* key, unsigned* flags) {
  auto& context = *static_cast<Context*>(gnutls_session_get_ptr(session));
  const auto type = gnutls_certificate_type_get2(session, GNUTLS_CTYPE_OURS);
  auto& list = type == GNUTLS_CRT_RAWPK ? context.shown->raw_key : context.shown->chain;
  *certificates = list.data();
  *count = static_cast<unsigned>(list.size());
  *key = list.empty() ? nullptr : context.shown->key;
  *ocsp = nullptr;
  *ocsp_count = 0;
  *flags = 0;
  return 0;
}

int note_extension(void* context, unsigned number, const unsigned char* /*data*/,
                   unsigned /*size*/) {
  static_cast<SeenClient*>(context)->extensions.insert(number);
  return 0;
}

int on_message(gnutls_session_t session, unsigned type, unsigned /*when*/,
               unsigned incoming, const gnutls_datum_t* message) {
  auto& context = *static_cast<Context*>(gnutls_session_get_ptr(session));
  const auto body = std::as_bytes(std::span(message->data, message->size));
  context.seen->messages.push_back({type, {body.begin(), body.end()}});
  if (incoming == 0 || type != GNUTLS_HANDSHAKE_CLIENT_HELLO) return 0;
  return gnutls_ext_raw_parse(context.seen, note_extension, message,
                              GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
}

struct SessionFree {
  void operator()(gnutls_session_int* s) const { gnutls_deinit(s); }
};
struct CredentialsFree {
  void operator()(gnutls_certificate_credentials_st* c) const {
    gnutls_certificate_free_credentials(c);
  }
};
struct AnonymousFree {
  void operator()(gnutls_anon_server_credentials_st* c) const {
    gnutls_anon_free_server_credentials(c);
  }
};

std::string sent_name(gnutls_session_t session) {
  std::array<char, 256> name{};
  std::size_t size = name.size();
  unsigned type = 0;
  const int rc = gnutls_server_name_get(session, name.data(), &size, &type, 0);
  return rc == 0 ? std::string(name.data(), size) : "";
}

}  // namespace

void listen_to_the_end(gnutls_session_t session, SeenClient& seen) {
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t n = gnutls_record_recv(session, buffer.data(), buffer.size());
    if (n > 0) {
      seen.heard.append(buffer.data(), static_cast<std::size_t>(n));
    } else if (n == 0 || gnutls_error_is_fatal(static_cast<int>(n)) != 0) {
      seen.heard_goodbye = n == 0;
      return;
    }
  }
}

void say(gnutls_session_t session, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = gnutls_record_send(session, text.data(), text.size());
    if (n < 0 && gnutls_error_is_fatal(static_cast<int>(n)) != 0) return;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
}

TlsServer::TlsServer(ServerRecipe recipe, Talk talk)
    : recipe_(std::move(recipe)), talk_(std::move(talk)), key_pem_(key_pem(recipe_.key)) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  must(-std::abs(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data())));
  client_ = io::Descriptor(ends[0]);
  server_ = io::Descriptor(ends[1]);
  fcntl(client_.get(), F_SETFL, O_NONBLOCK);
  thread_ = std::thread([this] { run(); });
}

TlsServer::~TlsServer() {
  client_.reset();
  if (thread_.joinable()) thread_.join();
}

const SeenClient& TlsServer::seen() {
  if (thread_.joinable()) thread_.join();
  return seen_;
}

void TlsServer::run() {
  Shown shown(key_pem_);
  for (const auto& der : recipe_.chain) shown.add(shown.chain, der, GNUTLS_CRT_X509);
  if (recipe_.raw_key) shown.add(shown.raw_key, *recipe_.raw_key, GNUTLS_CRT_RAWPK);
  Context context{&shown, &seen_,
                  recipe_.dnssec_chain ? &*recipe_.dnssec_chain : nullptr};

  gnutls_certificate_credentials_t own = nullptr;
  must(gnutls_certificate_allocate_credentials(&own));
  const std::unique_ptr<gnutls_certificate_credentials_st, CredentialsFree> own_held(own);
  gnutls_certificate_set_retrieve_function3(own, show);
  gnutls_anon_server_credentials_t nobody = nullptr;
  must(gnutls_anon_allocate_server_credentials(&nobody));
  const std::unique_ptr<gnutls_anon_server_credentials_st, AnonymousFree> held(nobody);

  gnutls_session_t session = nullptr;
  must(gnutls_init(&session, GNUTLS_SERVER | GNUTLS_ENABLE_RAWPK | GNUTLS_NO_SIGNAL |
                                 GNUTLS_NO_AUTO_SEND_TICKET));
  std::unique_ptr<gnutls_session_int, SessionFree> session_held(session);
  must(gnutls_priority_set_direct(session, recipe_.priorities.c_str(), nullptr));
  must(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, own));
  must(gnutls_credentials_set(session, GNUTLS_CRD_ANON, nobody));
  if (recipe_.client != ClientCertificate::not_asked) {
    const bool demanded = recipe_.client == ClientCertificate::demanded;
    gnutls_certificate_server_set_request(
        session, demanded ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
  }
  gnutls_session_set_ptr(session, &context);
  if (recipe_.dnssec_chain) {
    must(gnutls_session_ext_register(session, "DNSSEC chain", 59, GNUTLS_EXT_TLS,
                                     hear_request, say_chain, nullptr, nullptr, nullptr,
                                     GNUTLS_EXT_FLAG_TLS | GNUTLS_EXT_FLAG_CLIENT_HELLO |
                                         GNUTLS_EXT_FLAG_TLS12_SERVER_HELLO));
  }
  gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
                                     on_message);
  if (recipe_.keylog != nullptr)
    gnutls_session_set_keylog_function(session, recipe_.keylog);
  gnutls_transport_set_int(session, server_.get());
  gnutls_handshake_set_timeout(session, 10'000);
  gnutls_record_set_timeout(session, 10'000);
  shake_hands(session);
  if (seen_.handshake == GNUTLS_E_SUCCESS && talk_) talk_(session, seen_);
  session_held.reset();
  server_.reset();
}

void TlsServer::shake_hands(gnutls_session_t session) {
  int rc = 0;
  do {
    rc = gnutls_handshake(session);
  } while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
  seen_.handshake = rc;
  seen_.server_name = sent_name(session);
  if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED) {
    seen_.alert = gnutls_alert_get_name(gnutls_alert_get(session));
  }
  if (rc < 0) gnutls_alert_send_appropriate(session, rc);
  unsigned count = 0;
  const gnutls_datum_t* list = gnutls_certificate_get_peers(session, &count);
  for (unsigned i = 0; list != nullptr && i < count; ++i) {
    const auto view = std::as_bytes(std::span(list[i].data, list[i].size));
    seen_.certificates.emplace_back(view.begin(), view.end());
  }
}

}  // namespace support
