// A TLS 1.3 server that shakes hands and then sends tickets for ever, some hundred in
// each record, faster than any client takes them apart: each is a message without data.
//
//   ticket_peer CHAIN.pem KEY.pem ADDRESS PORT
//
// GnuTLS makes a ticket at a time; so the records are made here, with the keys that its
// handshake came to (RFC 8446 7.1, 7.3). Prints a line when it listens, answers one
// connection after another, and ends when its standard input does.

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Octets = std::vector<unsigned char>;

constexpr unsigned kHandshake = 22, kApplicationData = 23;
constexpr std::size_t kTag = 16, kNonce = 12, kMostRecord = 16384;

Octets server_secret;

int keep_secret(gnutls_session_t /*session*/, const char* label,
                const gnutls_datum_t* secret) {
  if (std::strcmp(label, "SERVER_TRAFFIC_SECRET_0") == 0) {
    server_secret.assign(secret->data, secret->data + secret->size);
  }
  return 0;
}

/// HKDF-Expand-Label without a context (RFC 8446 7.1).
Octets expand(std::string_view label, std::size_t size) {
  const std::string full = "tls13 " + std::string(label);
  Octets info = {0, static_cast<unsigned char>(size),
                 static_cast<unsigned char>(full.size())};
  info.insert(info.end(), full.begin(), full.end());
  info.push_back(0);
  const gnutls_datum_t secret{server_secret.data(),
                              static_cast<unsigned>(server_secret.size())};
  const gnutls_datum_t about{info.data(), static_cast<unsigned>(info.size())};
  Octets out(size);
  gnutls_hkdf_expand(GNUTLS_MAC_SHA256, &secret, &about, out.data(), size);
  return out;
}

/// NewSessionTicket messages, as many as a record holds, and the record's real type.
Octets tickets() {
  constexpr std::array<unsigned char, 19> kTicket = {4, 0, 0, 15, 0, 0, 0x1c, 0x20, 1, 2,
                                                     3, 4, 1, 7,  0, 1, 9,    0,    0};
  constexpr std::size_t kCount = (kMostRecord - 1) / kTicket.size();
  Octets out(kCount * kTicket.size() + 1);
  for (std::size_t i = 0; i < kCount; ++i) {
    std::copy_n(kTicket.data(), kTicket.size(), out.data() + i * kTicket.size());
  }
  out.back() = kHandshake;
  return out;
}

/// The nonce of a record (RFC 8446 5.3).
Octets nonce_of(const Octets& iv, unsigned long number) {
  Octets out = iv;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    out[kNonce - 1 - i] ^= static_cast<unsigned char>(number >> (8 * i));
  }
  return out;
}

void flood(int peer) {
  Octets key = expand("key", 16);
  const Octets iv = expand("iv", kNonce), inner = tickets();
  const gnutls_datum_t datum{key.data(), static_cast<unsigned>(key.size())};
  gnutls_aead_cipher_hd_t cipher = nullptr;
  gnutls_aead_cipher_init(&cipher, GNUTLS_CIPHER_AES_128_GCM, &datum);
  const std::size_t size = inner.size() + kTag;
  Octets record = {kApplicationData, 3, 3, static_cast<unsigned char>(size >> 8U),
                   static_cast<unsigned char>(size)};
  const Octets header = record;
  record.resize(header.size() + size);
  for (unsigned long number = 0;; ++number) {
    const Octets nonce = nonce_of(iv, number);
    std::size_t left = size;
    gnutls_aead_cipher_encrypt(cipher, nonce.data(), nonce.size(), header.data(),
                               header.size(), kTag, inner.data(), inner.size(),
                               record.data() + header.size(), &left);
    if (send(peer, record.data(), record.size(), MSG_NOSIGNAL) <= 0) break;
  }
  gnutls_aead_cipher_deinit(cipher);
}

void serve(int peer, gnutls_certificate_credentials_t own) {
  gnutls_session_t session = nullptr;
  gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_TICKETS | GNUTLS_NO_AUTO_SEND_TICKET);
  gnutls_priority_set_direct(
      session, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM", nullptr);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, own);
  gnutls_session_set_keylog_function(session, keep_secret);
  gnutls_transport_set_int(session, peer);
  int rc = 0;
  do {
    rc = gnutls_handshake(session);
  } while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
  if (rc == GNUTLS_E_SUCCESS) flood(peer);
  gnutls_deinit(session);
  close(peer);
}

int listen_on(const char* address, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, address, &name.sin_addr);
  if (bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
      listen(fd, 64) == 0) {
    return fd;
  }
  std::perror("ticket_peer");
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 100;
  std::signal(SIGPIPE, SIG_IGN);
  gnutls_certificate_credentials_t own = nullptr;
  gnutls_certificate_allocate_credentials(&own);
  if (gnutls_certificate_set_x509_key_file(own, argv[1], argv[2], GNUTLS_X509_FMT_PEM) <
      0) {
    std::fprintf(stderr, "ticket_peer: cannot use %s\n", argv[1]);
    return 1;
  }
  pollfd waits[] = {{listen_on(argv[3], std::atoi(argv[4])), POLLIN, 0},
                    {STDIN_FILENO, POLLIN, 0}};
  std::puts("ready");
  std::fflush(stdout);
  while (poll(waits, 2, -1) > 0 && waits[1].revents == 0) {
    serve(accept(waits[0].fd, nullptr, nullptr), own);
  }
  return 0;
}
