// A running relay between a peer and a child, both played by the test.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <future>
#include <string>
#include <thread>

#include "src/relay/relay.h"
#include "tests/relay/fake_session.h"
#include "tests/support/read_all.h"

namespace relay {

using namespace std::chrono_literals;
using support::read_all;

inline std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 251);
  return out;
}

inline std::string read_some(int fd, std::size_t size) {
  std::string out(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const ssize_t n = ::read(fd, out.data() + at, size - at);
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
  out.resize(at);
  return out;
}

inline bool write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0) return false;
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Whether the other side has closed, within two seconds.
inline bool ends(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  char octet = 0;
  return poll(&waiting, 1, 2000) > 0 && ::read(fd, &octet, 1) == 0;
}

/// A running relay with a peer on one side and a child on the other.
class RelayTest : public testing::Test {
 protected:
  RelayTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> sockets{};
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()), 0);
    EXPECT_EQ(pipe2(down.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(up.data(), O_CLOEXEC), 0);
    fcntl(sockets[0], F_SETFL, O_NONBLOCK);
    ends_ = {io::Descriptor(sockets[0]), io::Descriptor(down[1]), io::Descriptor(up[0])};
    peer_ = io::Descriptor(sockets[1]);
    six_ = io::Descriptor(down[0]);
    seven_ = io::Descriptor(up[1]);
  }
  ~RelayTest() override {
    peer_.reset();
    six_.reset();
    seven_.reset();
    if (running_.valid()) running_.wait();
  }

  /// A program that listens on behind a cut is soon told.
  static Options usual() {
    Options out;
    out.idle = 5s;
    out.grace = 100ms;
    return out;
  }
  /// A program may take its time to end.
  static Options patient() {
    Options out = usual();
    out.grace = 5s;
    return out;
  }
  /// Nothing may rest for long.
  static Options hasty() {
    Options out = usual();
    out.idle = 300ms;
    return out;
  }

  void start(const Options& options = usual()) {
    running_ = std::async(std::launch::async, [this, options] {
      return run(session_, std::move(ends_), options);
    });
  }
  /// `ok`, or the code of the error that the relay ended with; behind `ok` the code of
  /// its remark.
  std::string result() {
    if (running_.wait_for(10s) != std::future_status::ready) return "still running";
    const Ending out = running_.get();
    if (out.failure) return std::string(base::to_text(out.failure->code));
    return out.remark ? "ok " + std::string(base::to_text(out.remark->code)) : "ok";
  }
  [[nodiscard]] bool runs() const {
    return running_.wait_for(100ms) != std::future_status::ready;
  }
  void peer_closes() const { shutdown(peer_.get(), SHUT_WR); }

  /// Whether the relay has heard so much of the peer, within ten seconds.
  [[nodiscard]] bool hears(std::size_t size) const {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (session_.heard() < size && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(100us);
    }
    return session_.heard() >= size;
  }

  /// Says as much as the child's pipe holds and one page more, which waits in the relay;
  /// gives what was said. By the page, and each heard before the next: how much a socket
  /// and a pipe hold of larger writes depends on how these fall.
  std::string fill_the_pipe() {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::string block = pattern(page);
    std::string said;
    for (std::size_t room = page; said.size() <= room;) {
      EXPECT_TRUE(write_all(peer_.get(), block));
      said += block;
      // A relay that has stopped is waited for once, not for every page.
      if (!hears(said.size())) break;
      // Only now: the relay enlarges the pipe before it reads.
      room = static_cast<std::size_t>(fcntl(six_.get(), F_GETPIPE_SZ));
    }
    EXPECT_EQ(session_.heard(), said.size());
    return said;
  }

  FakeSession session_;
  Ends ends_;
  io::Descriptor peer_;
  io::Descriptor six_;
  io::Descriptor seven_;
  std::future<Ending> running_;
};

using Relay = RelayTest;

}  // namespace relay
