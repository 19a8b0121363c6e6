// A TLS server that shows a key it does not have: any certificate or bare key at all,
// with signatures that are octets of the right length and nothing more. A client that
// computes with such a key before it has looked at it does so for as long as the key
// wants.
//
//   costly_peer x509|rawpk FILE.der SIGNATURE_OCTETS ADDRESS PORT PRIORITIES
//
// Prints a line when it listens, answers one connection after another, and ends when its
// standard input does.

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::size_t signature_octets = 0;

int info(gnutls_privkey_t /*key*/, unsigned flags, void* /*data*/) {
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO) != 0) return GNUTLS_PK_RSA;
  if ((flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO) != 0) return 1;
  if ((flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS) != 0) return 2048;
  return -1;
}

int sign(gnutls_datum_t* signature) {
  signature->data = static_cast<unsigned char*>(gnutls_malloc(signature_octets));
  signature->size = static_cast<unsigned>(signature_octets);
  std::memset(signature->data, 0x11, signature_octets);  // less than any modulus here
  return 0;
}

int sign_data(gnutls_privkey_t /*key*/, gnutls_sign_algorithm_t /*algorithm*/,
              void* /*userdata*/, unsigned /*flags*/, const gnutls_datum_t* /*data*/,
              gnutls_datum_t* signature) {
  return sign(signature);
}

int sign_hash(gnutls_privkey_t /*key*/, gnutls_sign_algorithm_t /*algorithm*/,
              void* /*userdata*/, unsigned /*flags*/, const gnutls_datum_t* /*hash*/,
              gnutls_datum_t* signature) {
  return sign(signature);
}

gnutls_certificate_credentials_t credentials(bool raw, std::string der) {
  gnutls_certificate_credentials_t out = nullptr;
  gnutls_certificate_allocate_credentials(&out);
  gnutls_certificate_set_flags(out, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
  gnutls_privkey_t key = nullptr;
  gnutls_privkey_init(&key);
  gnutls_privkey_import_ext4(key, nullptr, sign_data, sign_hash, nullptr, nullptr, info,
                             0);
  const gnutls_datum_t shown{reinterpret_cast<unsigned char*>(der.data()),
                             static_cast<unsigned>(der.size())};
  auto* pcert = static_cast<gnutls_pcert_st*>(gnutls_calloc(1, sizeof(gnutls_pcert_st)));
  const int rc =
      raw ? gnutls_pcert_import_rawpk_raw(pcert, &shown, GNUTLS_X509_FMT_DER, 0, 0)
          : gnutls_pcert_import_x509_raw(pcert, &shown, GNUTLS_X509_FMT_DER, 0);
  if (rc != 0 || gnutls_certificate_set_key(out, nullptr, 0, pcert, 1, key) < 0) {
    std::fprintf(stderr, "costly_peer: cannot show the key: %s\n", gnutls_strerror(rc));
    std::exit(1);
  }
  return out;
}

int listen_on(const char* address, int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, address, &name.sin_addr);
  if (bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
      listen(fd, 64) != 0) {
    std::perror("costly_peer");
    std::exit(1);
  }
  return fd;
}

void serve(int peer, gnutls_certificate_credentials_t own, const char* priorities) {
  gnutls_session_t session = nullptr;
  gnutls_init(&session, GNUTLS_SERVER | GNUTLS_ENABLE_RAWPK);
  gnutls_priority_set_direct(session, priorities, nullptr);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, own);
  gnutls_transport_set_int(session, peer);
  gnutls_handshake_set_timeout(session, 10000);
  int rc = 0;
  do {
    rc = gnutls_handshake(session);
  } while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
  std::printf("handshake: %s\n", gnutls_strerror(rc));
  std::fflush(stdout);
  gnutls_deinit(session);
  close(peer);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 100;
  std::signal(SIGPIPE, SIG_IGN);
  std::ifstream file(argv[2], std::ios::binary);
  signature_octets = std::strtoul(argv[3], nullptr, 10);
  auto* own = credentials(std::string_view(argv[1]) == "rawpk",
                          {std::istreambuf_iterator<char>(file), {}});
  pollfd waits[] = {{listen_on(argv[4], std::atoi(argv[5])), POLLIN, 0},
                    {STDIN_FILENO, POLLIN, 0}};
  std::puts("ready");
  std::fflush(stdout);
  while (poll(waits, 2, -1) > 0 && waits[1].revents == 0) {
    serve(accept(waits[0].fd, nullptr, nullptr), own, argv[6]);
  }
  return 0;
}
