// A mail server on many addresses, for the bench: STARTTLS and nothing behind it.
//
//   smtp_peer CHAIN.pem KEY.pem FIRST_ADDRESS COUNT
//
// Listens on port 25 of so many addresses from the first one on, prints a line when it
// does, and ends when its standard input does. A thread a connection.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Read = std::function<int(char*, int)>;
using Write = std::function<void(std::string_view)>;

/// Answers commands until the end or STARTTLS; whether it was that.
bool converse(const Read& read, const Write& write, std::string_view offers) {
  std::string line;
  char buffer[512];
  for (;;) {
    const int n = read(buffer, sizeof buffer);
    if (n <= 0) return false;
    line.append(buffer, static_cast<std::size_t>(n));
    const std::size_t end = line.find('\n');
    if (end == std::string::npos) continue;
    const std::string verb = line.substr(0, 4);
    line.erase(0, end + 1);
    if (strncasecmp(verb.c_str(), "EHLO", 4) == 0) {
      write(offers);
    } else if (strncasecmp(verb.c_str(), "STAR", 4) == 0) {
      write("220 go\r\n");
      return true;
    } else {
      write("221 bye\r\n");
      return false;
    }
  }
}

void serve(SSL_CTX* context, int peer) {
  const int on = 1;
  setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{30, 0};
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const Write clear = [&](std::string_view text) {
    (void)!::write(peer, text.data(), text.size());
  };
  clear("220 mx.bench ESMTP\r\n");
  const bool secured = converse(
      [&](char* into, int most) {
        return static_cast<int>(::read(peer, into, static_cast<std::size_t>(most)));
      },
      clear, "250-mx.bench\r\n250 STARTTLS\r\n");
  if (secured) {
    SSL* tls = SSL_new(context);
    SSL_set_fd(tls, peer);
    if (SSL_accept(tls) == 1) {
      converse([&](char* into, int most) { return SSL_read(tls, into, most); },
               [&](std::string_view text) {
                 SSL_write(tls, text.data(), static_cast<int>(text.size()));
               },
               "250 mx.bench\r\n");
      SSL_shutdown(tls);
    }
    SSL_free(tls);
  }
  close(peer);
}

int listen_on(in_addr_t address) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(25);
  name.sin_addr.s_addr = htonl(address);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 &&
      listen(fd, 1024) == 0) {
    return fd;
  }
  std::perror("smtp_peer");
  std::exit(111);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 100;
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, argv[1]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1) {
    return 111;
  }
  const in_addr_t first = ntohl(inet_addr(argv[3]));
  std::vector<pollfd> listeners = {{STDIN_FILENO, POLLIN, 0}};
  for (int i = 0; i < std::atoi(argv[4]); ++i) {
    listeners.push_back({listen_on(first + static_cast<in_addr_t>(i)), POLLIN, 0});
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    if (poll(listeners.data(), listeners.size(), -1) < 0) continue;
    if (listeners.front().revents != 0) std::_Exit(0);
    for (const pollfd& listener : listeners) {
      if (listener.revents == 0) continue;
      const int peer = accept(listener.fd, nullptr, nullptr);
      if (peer >= 0) std::thread(serve, context, peer).detach();
    }
  }
}
