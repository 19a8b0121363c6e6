#include "src/client/opening.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <thread>

namespace client {
namespace {

using namespace std::chrono_literals;

/// What STARTTLS comes to with a server that is a function on a socket: `ok` or a code.
template <typename Server>
std::string outcome(starttls::Protocol protocol, Server server, io::Duration limit = 1s) {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  std::thread peer([&] {
    server(ends[1]);
    shutdown(ends[1], SHUT_RDWR);
  });
  std::string out;
  io::Loop loop(1);
  {
    tls::Channel channel(loop, io::Descriptor(ends[0]));
    const auto opening = starttls_opening(
        starttls::make_dialogue(protocol, "me.example", "peer.example"), limit);
    asio::co_spawn(
        loop,
        [&]() -> io::Task<void> {
          const auto result = co_await opening->greet(channel);
          out = result ? "ok" : std::string(base::to_text(result.error().code));
        },
        asio::detached);
    loop.run();
  }
  peer.join();
  close(ends[1]);
  return out;
}

bool say(int fd, std::string_view text) {
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) > 0;
}

void hear(int fd) {
  std::array<char, 256> buffer{};
  EXPECT_GE(::read(fd, buffer.data(), buffer.size()), 0);
}

TEST(StartTls, AWholeTalk) {
  EXPECT_EQ(outcome(starttls::Protocol::smtp,
                    [](int fd) {
                      say(fd, "220 a\r\n");
                      hear(fd);
                      say(fd, "250-a\r\n250 STARTTLS\r\n");
                      hear(fd);
                      say(fd, "220 go\r\n");
                      hear(fd);
                    }),
            "ok");
}

TEST(StartTls, APeerThatCloses) {
  EXPECT_EQ(outcome(starttls::Protocol::imap, [](int) {}), "closed");
  EXPECT_EQ(outcome(starttls::Protocol::smtp,
                    [](int fd) {
                      say(fd, "220 a\r\n");
                      hear(fd);
                    }),
            "closed");
}

TEST(StartTls, APeerThatIsSilent) {
  EXPECT_EQ(outcome(starttls::Protocol::pop3, hear, 100ms), "timeout");
}

TEST(StartTls, APeerThatTalksWithoutEndDoesNotOutlastTheDeadline) {
  const auto began = io::Clock::now();
  std::string untagged;
  for (int i = 0; i < 500; ++i) untagged += "* more\r\n";
  const std::string code = outcome(
      starttls::Protocol::imap,
      [&](int fd) {
        say(fd, "* OK\r\n");
        while (io::Clock::now() - began < 60s && say(fd, untagged)) {
        }
      },
      100ms);
  EXPECT_TRUE(code == "timeout" || code == "protocol") << code;
  EXPECT_LT(io::Clock::now() - began, 30s);
}

TEST(StartTls, APeerMaySayMuchAndNotAnything) {
  std::string untagged;
  for (int i = 0; i < 500; ++i) untagged += "* more\r\n";
  EXPECT_EQ(outcome(
                starttls::Protocol::imap,
                [&](int fd) {
                  say(fd, "* OK\r\n");
                  for (int i = 0; i < 500 && say(fd, untagged); ++i) {
                  }
                },
                30s),
            "protocol");
}

TEST(StartTls, APeerThatTalksSlowlyWithoutEndDoesNotOutlastTheDeadline) {
  const auto began = io::Clock::now();
  EXPECT_EQ(outcome(
                starttls::Protocol::imap,
                [&](int fd) {
                  say(fd, "* OK\r\n");
                  while (io::Clock::now() - began < 1s && say(fd, "*")) {
                    std::this_thread::sleep_for(10ms);
                  }
                },
                100ms),
            "timeout");
}

TEST(StartTls, Injection_Rfc3207s5) {
  EXPECT_EQ(outcome(starttls::Protocol::pop3,
                    [](int fd) {
                      say(fd, "+OK\r\n");
                      hear(fd);
                      say(fd, "+OK\r\n+OK injected\r\n");
                    }),
            "starttls-injection");
}

}  // namespace
}  // namespace client
