#include "resolver/exchange.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <asio/post.hpp>
#include <thread>

#include "resolver/message.h"
#include "src/io/descriptor.h"
#include "src/io/run_task.h"
#include "tests/support/loopback.h"

namespace resolver {
namespace {

using namespace std::chrono_literals;

/// A name server on a loopback address that answers one datagram, after a while.
class Late {
 public:
  explicit Late(std::chrono::milliseconds delay)
      : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    port_ = support::bind_to_loopback(socket_.get());
    thread_ = std::thread([this, delay] { answer(delay); });
  }
  ~Late() { thread_.join(); }
  Late(const Late&) = delete;
  Late& operator=(const Late&) = delete;
  [[nodiscard]] net::Endpoint endpoint() const {
    return {*net::parse_address("127.0.0.1"), port_};
  }

 private:
  void answer(std::chrono::milliseconds delay) {
    std::array<unsigned char, 512> message{};
    sockaddr_in client{};
    socklen_t length = sizeof client;
    const ssize_t n = recvfrom(socket_.get(), message.data(), message.size(), 0,
                               reinterpret_cast<sockaddr*>(&client), &length);
    std::this_thread::sleep_for(delay);
    message[2] |= 0x80U;  // QR: the question is its own answer
    if (n > 0) {
      sendto(socket_.get(), message.data(), static_cast<std::size_t>(n), 0,
             reinterpret_cast<sockaddr*>(&client), length);
    }
  }

  io::Descriptor socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// What a question comes to whose loop cannot run for a second after it was sent.
std::string asked(std::chrono::milliseconds delay, std::chrono::milliseconds limit) {
  const Late server(delay);
  io::Loop loop(1);
  const auto query = query_of(*dns::Name::parse("example.org"), Type::tlsa, 0);
  asio::post(loop,
             [&loop] { asio::post(loop, [] { std::this_thread::sleep_for(1s); }); });
  const auto answer = io::run_task(
      loop, by_udp(loop, server.endpoint(), *query, io::Clock::now() + limit));
  return answer ? "ok" : std::string(base::to_text(answer.error().code));
}

TEST(Exchange, AStallOfOursIsNoTimeOfTheServer) {
  EXPECT_EQ(asked(100ms, 400ms), "ok");   // it came in the meantime
  EXPECT_EQ(asked(1100ms, 600ms), "ok");  // it comes soon after
}

TEST(Exchange, WhoIsSilentHasHadItsTime) { EXPECT_EQ(asked(2500ms, 500ms), "timeout"); }

}  // namespace
}  // namespace resolver
