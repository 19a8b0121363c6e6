// Both ends of the DNSSEC chain extension (RFC 9102) by OpenSSL, which says whatever it
// is told to. `openssl s_server -serverinfo` cannot: it wants a request without octets.
//
//   chain_peer serve ADDRESS PORT CHAIN.pem KEY.pem 1.2|1.3 [FILE]
//   chain_peer ask ADDRESS PORT NAME TLSA_PORT
//
// The server says the octets of FILE to whoever asks for a port, or nothing; it prints a
// line when it listens, answers one connection after another, and ends when its standard
// input does. The client prints what it hears, in hexadecimal, or `nothing`.

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>

namespace {

constexpr unsigned kDnssecChain = 59;

void must(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

/// What is said, and what was heard.
struct Words {
  std::string said;
  std::optional<std::string> heard;
};

int say(SSL* /*ssl*/, unsigned /*type*/, unsigned /*where*/, const unsigned char** out,
        std::size_t* size, X509* /*certificate*/, std::size_t /*index*/, int* /*alert*/,
        void* argument) {
  const auto& words = *static_cast<const Words*>(argument);
  *out = reinterpret_cast<const unsigned char*>(words.said.data());
  *size = words.said.size();
  return 1;
}

int hear(SSL* /*ssl*/, unsigned /*type*/, unsigned /*where*/, const unsigned char* data,
         std::size_t size, X509* /*certificate*/, std::size_t /*index*/, int* /*alert*/,
         void* argument) {
  static_cast<Words*>(argument)->heard =
      std::string(reinterpret_cast<const char*>(data), size);
  return 1;
}

/// Settings of one version, with the extension where there are words for it.
SSL_CTX* settings(const std::string& version, Words* words) {
  SSL_CTX* out = SSL_CTX_new(TLS_method());
  const int number = version == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(out, number);
  SSL_CTX_set_max_proto_version(out, number);
  if (words != nullptr) {
    must(SSL_CTX_add_custom_ext(out, kDnssecChain,
                                SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO, say,
                                nullptr, words, hear, words) == 1,
         "extension");
  }
  return out;
}

sockaddr_in place_of(const char* address, const char* port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  must(inet_pton(AF_INET, address, &out.sin_addr) == 1, "address");
  return out;
}

void answer(SSL_CTX* how, int connection) {
  SSL* ssl = SSL_new(how);
  SSL_set_fd(ssl, connection);
  std::array<char, 4096> buffer{};
  if (SSL_accept(ssl) == 1) {
    while (SSL_read(ssl, buffer.data(), buffer.size()) > 0) {
    }
    SSL_shutdown(ssl);
  }
  ERR_clear_error();
  SSL_free(ssl);
  close(connection);
}

int serve(std::span<char*> words) {
  Words extension;
  const bool speaks = words.size() > 7;
  if (speaks) {
    std::ifstream file(words[7], std::ios::binary);
    extension.said.assign(std::istreambuf_iterator<char>(file), {});
  }
  SSL_CTX* how = settings(words[6], speaks ? &extension : nullptr);
  must(SSL_CTX_use_certificate_chain_file(how, words[4]) == 1, words[4]);
  must(SSL_CTX_use_PrivateKey_file(how, words[5], SSL_FILETYPE_PEM) == 1, words[5]);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in place = place_of(words[2], words[3]);
  must(bind(listener, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0 &&
           listen(listener, 16) == 0,
       "listen");
  std::puts("listening");
  std::fflush(stdout);
  for (;;) {
    std::array<pollfd, 2> fds = {{{STDIN_FILENO, POLLIN, 0}, {listener, POLLIN, 0}}};
    poll(fds.data(), fds.size(), -1);
    if (fds[0].revents != 0) return 0;
    if (fds[1].revents != 0) answer(how, accept(listener, nullptr, nullptr));
  }
}

int ask(std::span<char*> words) {
  const int port = std::atoi(words[5]);
  Words extension;
  extension.said = {static_cast<char>(port >> 8), static_cast<char>(port & 0xFF)};
  SSL* ssl = SSL_new(settings("1.2", &extension));
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in place = place_of(words[2], words[3]);
  must(connect(connection, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0,
       "connect");
  SSL_set_fd(ssl, connection);
  SSL_set_tlsext_host_name(ssl, words[4]);
  must(SSL_connect(ssl) == 1, "handshake");
  if (!extension.heard) {
    std::puts("nothing");
    return 0;
  }
  for (const char octet : *extension.heard) {
    std::printf("%02x", static_cast<unsigned>(static_cast<unsigned char>(octet)));
  }
  std::puts("");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span words(argv, static_cast<std::size_t>(argc));
  const std::string what = argc > 1 ? words[1] : "";
  std::signal(SIGPIPE, SIG_IGN);
  if (what == "serve" && argc >= 7) return serve(words);
  if (what == "ask" && argc == 6) return ask(words);
  std::fputs("chain_peer serve|ask ...\n", stderr);
  return 100;
}
