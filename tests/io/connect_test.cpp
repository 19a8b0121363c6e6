#include "src/io/connect.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "src/io/run_task.h"
#include "tests/support/loopback.h"

namespace io {
namespace {

using namespace std::chrono_literals;

constexpr int kMostWaiting = 16;

net::Address loopback() { return *net::parse_address("127.0.0.1"); }

/// A port of 127.0.0.1; nobody listens there.
class Port {
 public:
  Port() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    number_ = support::bind_to_loopback(socket_.get());
  }
  [[nodiscard]] net::Endpoint endpoint() const { return {loopback(), number_}; }
  [[nodiscard]] std::uint16_t number() const { return number_; }
  void listen(int backlog) const { EXPECT_EQ(::listen(socket_.get(), backlog), 0); }
  /// The port that the next connection comes from.
  [[nodiscard]] std::uint16_t accepted_from() const {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const Descriptor one(
        accept(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size));
    return ntohs(peer.sin_port);
  }

 private:
  Descriptor socket_;
  std::uint16_t number_ = 0;
};

/// A port that answers nobody: as many wait to be accepted as its queue holds.
class SilentPort : public Port {
 public:
  SilentPort() {
    listen(0);
    for (int i = 0; i < kMostWaiting; ++i) {
      Loop loop(1);
      const ConnectTimeouts at_once{0s, 0s};
      auto one = run_task(loop, connect_any(loop, {endpoint()}, {}, at_once));
      if (!one.socket) return;
      waiting_.push_back(std::move(one.socket));
    }
    ADD_FAILURE() << "its queue has no end";
  }

 private:
  std::vector<Descriptor> waiting_;
};

class ConnectAny : public testing::Test {
 protected:
  ConnectOutcome connect(std::vector<net::Endpoint> endpoints, Source source,
                         ConnectTimeouts timeouts) {
    return run_task(loop_, connect_any(loop_, std::move(endpoints), source, timeouts));
  }

  Loop loop_{1};
};

TEST_F(ConnectAny, TakesTheFirstThatAnswers) {
  const Port closed, open, other;
  open.listen(5);
  other.listen(5);
  const auto out =
      connect({closed.endpoint(), open.endpoint(), other.endpoint()}, {}, {2s, 2s});
  ASSERT_TRUE(out.socket);
  EXPECT_EQ(out.peer, open.endpoint());
  EXPECT_EQ(out.local.address, loopback());
  EXPECT_EQ(out.local.port, open.accepted_from());
  ASSERT_EQ(out.failures.size(), 1U);
  EXPECT_EQ(out.failures[0].peer, closed.endpoint());
  EXPECT_EQ(out.failures[0].error.code, base::Code::connect);
  EXPECT_EQ(out.failures[0].error.kind, base::ErrorKind::temporary);
}

TEST_F(ConnectAny, ASingleAddressHasTheSumOfBothTimes) {
  const SilentPort silent;
  const auto begin = Clock::now();
  const auto out = connect({silent.endpoint()}, {}, {0s, 1s});
  EXPECT_GE(Clock::now() - begin, 900ms);
  ASSERT_EQ(out.failures.size(), 1U);
  EXPECT_EQ(out.failures[0].error.code, base::Code::timeout);
}

TEST_F(ConnectAny, OnlyWhoWasSilentIsTriedAgain) {
  const SilentPort silent;
  const Port closed;
  const auto out = connect({silent.endpoint(), closed.endpoint()}, {}, {0s, 1s});
  ASSERT_EQ(out.failures.size(), 2U);
  EXPECT_EQ(out.failures[0].peer, closed.endpoint()) << "refused in the first pass";
  EXPECT_EQ(out.failures[1].peer, silent.endpoint()) << "given up in the second";
  EXPECT_EQ(out.failures[1].error.code, base::Code::timeout);
}

TEST_F(ConnectAny, ALocalPortIsUsedWithoutAnAddressToo) {
  const Port open;
  open.listen(5);
  const std::uint16_t from = Port().number();  // free again
  const auto out = connect({open.endpoint()}, {std::nullopt, from}, {2s, 2s});
  ASSERT_TRUE(out.socket);
  EXPECT_EQ(out.local.port, from);
  EXPECT_EQ(open.accepted_from(), from);
}

TEST_F(ConnectAny, AnAddressOfTheOtherFamilyIsNotUsed) {
  const Port open;
  open.listen(5);
  const Source source{net::parse_address("2001:db8::1"), 0};
  EXPECT_TRUE(connect({open.endpoint()}, source, {2s, 2s}).socket);
}

TEST_F(ConnectAny, APortThatIsNotToBeHadIsNoFaultOfThePeer) {
  const Port open;
  open.listen(5);
  const Source source{loopback(), Port().number()};
  const auto first = connect({open.endpoint()}, source, {2s, 2s});
  ASSERT_TRUE(first.socket);
  const auto second = connect({open.endpoint()}, source, {2s, 2s});
  ASSERT_EQ(second.failures.size(), 1U) << "there is one connection from that port";
  EXPECT_EQ(second.failures[0].error.kind, base::ErrorKind::internal);
}

}  // namespace
}  // namespace io
