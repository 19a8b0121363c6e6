#include "src/relay/linger.h"

#include "tests/relay/relay_fixture.h"

namespace relay {
namespace {

using Pair = std::pair<io::Descriptor, io::Descriptor>;

Pair sockets() {
  std::array<int, 2> ends{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {io::Descriptor(ends[0]), io::Descriptor(ends[1])};
}

TEST(Linger, EndsOurDirectionAndTakesWhatStillComes) {
  auto [ours, peer] = sockets();
  ASSERT_TRUE(write_all(peer.get(), "unread"));
  auto lingering = std::async(std::launch::async, [fd = ours.get()] { linger(fd); });
  EXPECT_TRUE(ends(peer.get()));
  ASSERT_TRUE(write_all(peer.get(), pattern(400'000))) << "the peer is not held up";
  EXPECT_NE(lingering.wait_for(50ms), std::future_status::ready) << "until it closes";
  shutdown(peer.get(), SHUT_WR);
  EXPECT_EQ(lingering.wait_for(1s), std::future_status::ready);
  ours.reset();
  char octet = 0;
  EXPECT_EQ(::read(peer.get(), &octet, 1), 0) << "nothing was left unread: no reset";
}

TEST(Linger, DoesNotWaitForAPeerThatIsGone) {
  auto [ours, peer] = sockets();
  peer.reset();
  const auto began = std::chrono::steady_clock::now();
  linger(ours.get());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
}

TEST(Linger, GivesUpAPeerThatNeverClosesAfterTwoSeconds) {
  auto [ours, peer] = sockets();
  const auto began = std::chrono::steady_clock::now();
  linger(ours.get());
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_GE(took, 1900ms);
  EXPECT_LT(took, 8s);
}

}  // namespace
}  // namespace relay
