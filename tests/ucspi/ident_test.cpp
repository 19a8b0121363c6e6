#include "src/ucspi/ident.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "src/io/descriptor.h"
#include "src/io/run_task.h"

namespace ucspi {
namespace {

using namespace std::chrono_literals;

/// An IDENT server for one question, at an address of 127.0.0.0/8 of this process's own.
/// Only root may open its port.
class Ident : public testing::Test {
 protected:
  Ident() : server_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto pid = static_cast<unsigned>(getpid());
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(113);
    own.sin_addr.s_addr = htonl(0x7F710000U | (pid & 0xFFFFU));
    const auto octets = std::as_bytes(std::span(&own.sin_addr, 1));
    address_ = *net::address_from_bytes(octets);
    const int on = 1;  // the connection of the test before may linger
    setsockopt(server_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    is_there_ = bind(server_.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) == 0 &&
                listen(server_.get(), 1) == 0;
  }
  void SetUp() override {
    // RFC 1413 fixes the port, and who is not root may not open it.
    if (!is_there_) GTEST_SKIP() << "port 113 cannot be opened here";
  }

  /// The user by this answer; `-` for none.
  std::string user_by(const std::string& answer) {
    std::thread server([&] {
      const io::Descriptor peer(accept(server_.get(), nullptr, nullptr));
      std::array<char, 64> buffer{};
      const ssize_t n = ::read(peer.get(), buffer.data(), buffer.size());
      question_.assign(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
      (void)::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    });
    io::Loop loop(1);
    const net::Endpoint local{*net::parse_address("127.0.0.1"), 40000};
    const auto user = io::run_task(loop, ask_ident(loop, local, {address_, 25}, 5s));
    server.join();
    return user.value_or("-");
  }

  io::Descriptor server_;
  net::Address address_;
  bool is_there_ = false;
  std::string question_;
};

TEST_F(Ident, AsksWhoOwnsThePeersPort_Rfc1413s4) {
  EXPECT_EQ(user_by("25, 40000 : USERID : UNIX : someone\r\n"), "someone");
  EXPECT_EQ(question_, "25 , 40000\r\n") << "the port of the server that is asked first";
}

TEST_F(Ident, AnErrorIsNoUser_Rfc1413s4) {
  EXPECT_EQ(user_by("25, 40000 : ERROR : X-MORE : someone\r\n"), "-");
}

TEST_F(Ident, WhatIsNoAnswerIsNoUser) {
  EXPECT_EQ(user_by("25, 40000 : USERID : UNIX\r\n"), "-");
}

TEST_F(Ident, AUserIsFitToPrint) {
  EXPECT_EQ(user_by("25, 40000 : USERID : OTHER : a\x1b[2Jb\r\n"), "a?[2Jb");
}

}  // namespace
}  // namespace ucspi
