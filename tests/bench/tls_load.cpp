// A TLS client that keeps a server on 127.0.0.1 busy, and the plain server behind a
// proxy, for the bench of servers.
//
//   tls_load shake PORT full|resumed CONNECTIONS SECONDS MOST
//   tls_load hold PORT COUNT
//   tls_load send PORT MEGABYTES
//   tls_load receive PORT MEGABYTES
//   tls_load behind end|echo|send|swallow MEGABYTES
//
// `shake` has so many connections at once, again and again, each from connect() until the
// server's end of file, for so many seconds or until there were MOST of them. Each place
// has been through one connection before the clock starts. Where sessions are resumed,
// each connection uses the newest ticket once, as RFC 8446, C.4 asks for. It prints how
// many were good, how many of these were resumed, how many failed, and the seconds.
// `hold` opens connections, sends a line through each, reads the echo, and keeps them.
// `send` and `receive` move so many MiB and print the seconds; who swallows them says
// `done`. `behind` takes connections on a port that it prints, and does that with each.
//
// `shake` and `hold` say `ready`, and go on at the next line of their standard input;
// `behind` ends with it. A connection that waits 20 s has failed. Exit status 1: not all
// went well.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr char kName[] = "server.bench";
constexpr std::size_t kMegabyte = 1 << 20;
constexpr std::size_t kPiece = 1 << 16;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Sockets of both sides: small writes go at once, and nobody waits for ever.
void prepare(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{20, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

sockaddr_in loopback(int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<in_port_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

SSL_CTX* new_context() {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  // hitch ends some connections without a close_notify.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 4 * kPiece);
  return context;
}

/// A connection of the client; `tls` is null when there is none.
class Connection {
 public:
  Connection(SSL_CTX* context, int port, SSL_SESSION* session) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    prepare(fd_);
    const sockaddr_in name = loopback(port);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return;
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, fd_);
    SSL_set_tlsext_host_name(tls_, kName);
    if (session != nullptr) SSL_set_session(tls_, session);
    is_up_ = SSL_connect(tls_) == 1;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (is_up_) SSL_shutdown(tls_);
    SSL_free(tls_);
    close(fd_);
  }

  [[nodiscard]] bool is_up() const { return is_up_; }
  [[nodiscard]] bool is_resumed() const { return SSL_session_reused(tls_) == 1; }

  /// The newest ticket as a session, null where there is none.
  [[nodiscard]] SSL_SESSION* session() const {
    SSL_SESSION* session = SSL_get1_session(tls_);
    if (session == nullptr || SSL_SESSION_is_resumable(session) == 1) return session;
    SSL_SESSION_free(session);
    return nullptr;
  }

  [[nodiscard]] bool write(std::string_view text) {
    return SSL_write(tls_, text.data(), static_cast<int>(text.size())) > 0;
  }

  /// How many octets came before the end of file or before there were `most`; -1 when it
  /// was an error that came first.
  [[nodiscard]] long read(std::size_t most) {
    std::vector<char> buffer(kPiece);
    std::size_t count = 0;
    while (count < most) {
      const int n = SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()));
      if (n > 0) {
        count += static_cast<std::size_t>(n);
      } else if (SSL_get_error(tls_, n) == SSL_ERROR_ZERO_RETURN) {
        break;
      } else {
        return -1;
      }
    }
    return static_cast<long>(count);
  }

 private:
  int fd_ = -1;
  SSL* tls_ = nullptr;
  bool is_up_ = false;
};

bool wait_for_order() {
  std::puts("ready");
  std::fflush(stdout);
  return std::getchar() != EOF;
}

struct Shakes {
  std::atomic<int> begun{0}, good{0}, resumed{0}, failed{0};
};

/// One place of `shake`: connections one after the other.
class Place {
 public:
  Place(int port, bool resumes) : port_(port), resumes_(resumes) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    SSL_SESSION_free(session_);
    SSL_CTX_free(context_);
  }

  void connect_once(Shakes& shakes) {
    Connection connection(context_, port_, session_);
    if (!connection.is_up() || connection.read(kMegabyte) < 0) {
      ++shakes.failed;
      return;
    }
    ++shakes.good;
    if (connection.is_resumed()) ++shakes.resumed;
    if (!resumes_) return;
    if (SSL_SESSION* newer = connection.session()) {
      SSL_SESSION_free(std::exchange(session_, newer));
    }
  }

 private:
  const int port_;
  const bool resumes_;
  SSL_CTX* context_ = new_context();
  SSL_SESSION* session_ = nullptr;
};

int shake(int port, bool resumes, int at_once, double seconds, int most) {
  Shakes first;
  Shakes shakes;
  std::atomic<int> waiting{0};
  std::atomic<bool> go{false};
  Clock::time_point start;
  std::vector<std::thread> threads;
  for (int i = 0; i < at_once; ++i) {
    threads.emplace_back([&] {
      Place place(port, resumes);
      place.connect_once(first);
      ++waiting;
      go.wait(false);
      while (++shakes.begun <= most && seconds_since(start) < seconds) {
        place.connect_once(shakes);
      }
    });
  }
  while (waiting < at_once) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  wait_for_order();
  start = Clock::now();
  go = true;
  go.notify_all();
  for (std::thread& thread : threads) thread.join();
  std::printf("%d %d %d %.6f\n", shakes.good.load(), shakes.resumed.load(),
              shakes.failed.load() + first.failed.load(), seconds_since(start));
  return shakes.failed + first.failed == 0 ? 0 : 1;
}

int hold(int port, int count) {
  SSL_CTX* context = new_context();
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < count; ++i) {
    connections.push_back(std::make_unique<Connection>(context, port, nullptr));
    Connection& made = *connections.back();
    if (!made.is_up() || !made.write("line\n") || made.read(5) != 5) return 1;
  }
  wait_for_order();
  return 0;
}

int transfer(int port, bool sends, std::size_t size) {
  Connection connection(new_context(), port, nullptr);
  if (!connection.is_up()) return 1;
  const Clock::time_point start = Clock::now();
  if (sends) {
    const std::vector<char> piece(kPiece);
    for (std::size_t sent = 0; sent < size; sent += piece.size()) {
      if (!connection.write({piece.data(), piece.size()})) return 1;
    }
    if (connection.read(5) != 5) return 1;
  } else if (connection.read(size) != static_cast<long>(size)) {
    return 1;
  }
  std::printf("%.6f\n", seconds_since(start));
  return 0;
}

/// What the plain server does with a connection.
void answer(int peer, std::string_view deed, std::size_t size) {
  std::vector<char> piece(kPiece);
  std::size_t done = 0;
  if (deed == "send") {
    while (done < size) {
      const ssize_t n = write(peer, piece.data(), piece.size());
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
  } else if (deed != "end") {
    for (;;) {
      const ssize_t n = read(peer, piece.data(), piece.size());
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
      if (deed == "echo" && write(peer, piece.data(), static_cast<std::size_t>(n)) < 0)
        break;
      if (deed == "swallow" && done >= size) {
        (void)!write(peer, "done\n", 5);
        break;
      }
    }
  }
  close(peer);
}

int serve_behind(std::string_view deed, std::size_t size) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name = loopback(0);
  socklen_t length = sizeof name;
  if (bind(listener, reinterpret_cast<sockaddr*>(&name), length) != 0 ||
      listen(listener, 1024) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&name), &length) != 0) {
    std::perror("tls_load");
    return 111;
  }
  std::printf("%d\n", ntohs(name.sin_port));
  std::fflush(stdout);
  std::thread([] {
    while (std::getchar() != EOF) {
    }
    std::_Exit(0);
  }).detach();
  for (;;) {
    const int peer = accept(listener, nullptr, nullptr);
    if (peer < 0) continue;
    prepare(peer);
    if (deed == "end") {
      close(peer);
    } else {
      std::thread(answer, peer, deed, size).detach();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string_view> words(argv, argv + argc);
  if (argc < 4) return 100;
  const std::size_t size = static_cast<std::size_t>(std::atol(argv[3])) * kMegabyte;
  const int port = std::atoi(argv[2]);
  if (words[1] == "behind") return serve_behind(words[2], size);
  if (words[1] == "hold") return hold(port, std::atoi(argv[3]));
  if (words[1] == "send" || words[1] == "receive") {
    return transfer(port, words[1] == "send", size);
  }
  if (words[1] != "shake" || argc != 7) return 100;
  return shake(port, words[3] == "resumed", std::atoi(argv[4]), std::atof(argv[5]),
               std::atoi(argv[6]));
}
