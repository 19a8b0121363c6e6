#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "src/io/descriptor.h"

namespace smtp {

/// A server whose answers stand before the first question is asked, at the other end of a
/// socketpair. It hangs up behind its last answer, so that a client that waits for one
/// more sees the end of the stream at once.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::string_view answers) {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_ = io::Descriptor(ends[0]);
    server_ = io::Descriptor(ends[1]);
    fcntl(client_.get(), F_SETFL, O_NONBLOCK);
    EXPECT_EQ(::send(server_.get(), answers.data(), answers.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(answers.size()));
    shutdown(server_.get(), SHUT_WR);
  }

  /// The client's end, once.
  [[nodiscard]] io::Descriptor take_client() { return std::move(client_); }
  /// Takes nothing any more: the next write of the client fails.
  void stop_reading() const { shutdown(server_.get(), SHUT_RD); }
  /// All that the client has said, once its end is closed.
  [[nodiscard]] std::string heard() const {
    std::string out;
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t n = ::read(server_.get(), buffer.data(), buffer.size());
      if (n <= 0) return out;
      out.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }

 private:
  io::Descriptor client_;
  io::Descriptor server_;
};

}  // namespace smtp
