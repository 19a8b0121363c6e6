#include "src/server/listening_socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "src/io/socket_address.h"

namespace server {
namespace {

using testing::HasSubstr;

net::Endpoint at(std::string_view address, std::uint16_t port = 0) {
  return {net::parse_address(address).value(), port};
}

std::uint16_t port_of(const io::Descriptor& socket) {
  return io::local_endpoint(socket.get()).port;
}

/// A connection to there, or none.
io::Descriptor connected(const net::Endpoint& there) {
  const io::SocketAddress kernel = io::to_kernel(there);
  io::Descriptor out(::socket(kernel.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(out.get(), kernel.get(), kernel.length) != 0) out.reset();
  return out;
}

base::Result<Accepted> accepted(const io::Descriptor& listening) {
  pollfd waiting{listening.get(), POLLIN, 0};
  EXPECT_EQ(poll(&waiting, 1, 10'000), 1);
  return accept_one(listening);
}

bool has_ipv6() { return connected(at("::1", 1)) || errno == ECONNREFUSED; }

TEST(ListeningSocket, TakesConnectionsAndSaysWhoseTheyAre) {
  const auto listening = listen_at({at("127.0.0.1")});
  ASSERT_TRUE(listening) << listening.error().detail;
  const std::uint16_t port = port_of(*listening);
  EXPECT_NE(port, 0);
  const io::Descriptor client = connected(at("127.0.0.1", port));
  ASSERT_TRUE(client);
  const auto one = accepted(*listening);
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_EQ(one->local, at("127.0.0.1", port));
  EXPECT_EQ(one->remote, at("127.0.0.1", port_of(client)));
}

TEST(ListeningSocket, NeitherBlocksNorIsGivenToPrograms) {
  const auto listening = listen_at({at("127.0.0.1")});
  ASSERT_TRUE(listening);
  const io::Descriptor client = connected(at("127.0.0.1", port_of(*listening)));
  const auto one = accepted(*listening);
  ASSERT_TRUE(one);
  for (const int fd : {listening->get(), one->socket.get()}) {
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  }
}

TEST(ListeningSocket, WhereNobodyWaitsThereIsNobody) {
  const auto listening = listen_at({at("127.0.0.1")});
  ASSERT_TRUE(listening);
  const auto one = accept_one(*listening);
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(one.error().code, base::Code::socket);
}

TEST(ListeningSocket, AnAddressInUseIsAnError) {
  const auto first = listen_at({at("127.0.0.1")});
  ASSERT_TRUE(first);
  const auto second = listen_at({at("127.0.0.1", port_of(*first))});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(second.error().code, base::Code::socket);
  EXPECT_THAT(second.error().detail, HasSubstr("unable to bind "));
}

TEST(ListeningSocket, AnAddressThatIsNotOursIsAnError) {
  const auto socket = listen_at({at("192.0.2.1")});
  ASSERT_FALSE(socket);
  EXPECT_THAT(socket.error().detail, HasSubstr("unable to bind "));
}

// A port is free again at once, although the last connections to it are remembered.
TEST(ListeningSocket, APortThatWasServedCanBeServedAgain) {
  auto first = listen_at({at("127.0.0.1")});
  ASSERT_TRUE(first);
  const std::uint16_t port = port_of(*first);
  io::Descriptor client = connected(at("127.0.0.1", port));
  auto one = accepted(*first);
  ASSERT_TRUE(one);
  one->socket.reset();  // it closes first, and so it is the one that remembers
  client.reset();
  first->reset();
  EXPECT_TRUE(listen_at({at("127.0.0.1", port)}));
}

TEST(ListeningSocket, BothFamiliesComeToOneSocket) {
  if (!has_ipv6()) GTEST_SKIP() << "there is no IPv6 here";
  const auto listening = listen_at({at("::"), true});
  ASSERT_TRUE(listening) << listening.error().detail;
  const std::uint16_t port = port_of(*listening);
  for (const std::string_view address : {"127.0.0.1", "::1"}) {
    const io::Descriptor client = connected(at(address, port));
    ASSERT_TRUE(client) << address;
    const auto one = accepted(*listening);
    ASSERT_TRUE(one) << address;
    EXPECT_EQ(net::to_text(one->remote.address), address);
    EXPECT_EQ(one->remote.address, at(address).address) << "no IPv4-mapped one";
    EXPECT_EQ(one->local, at(address, port));
  }
}

TEST(ListeningSocket, AnAddressOfIpv6AloneIsNotForIpv4) {
  if (!has_ipv6()) GTEST_SKIP() << "there is no IPv6 here";
  const auto listening = listen_at({at("::")});
  ASSERT_TRUE(listening) << listening.error().detail;
  const std::uint16_t port = port_of(*listening);
  EXPECT_TRUE(connected(at("::1", port)));
  EXPECT_FALSE(connected(at("127.0.0.1", port)));
}

}  // namespace
}  // namespace server
