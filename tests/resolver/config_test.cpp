#include "resolver/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace resolver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ResolvConf conf_of(const std::string& text) {
  std::string path = testing::TempDir() + "resolv.conf.XXXXXX";
  const int fd = mkstemp(path.data());
  EXPECT_GE(fd, 0);
  close(fd);
  std::ofstream(path) << text;
  auto out = read_resolv_conf(path);
  unlink(path.c_str());
  EXPECT_TRUE(out);
  return std::move(out).value();
}

std::vector<std::string> servers_of(const std::string& text) {
  return conf_of(text).local;
}

void expect_refused(std::string_view words) {
  const auto config = with_forward({}, words);
  ASSERT_FALSE(config) << words;
  EXPECT_EQ(config.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(config.error().code, base::Code::bad_forwarder);
}

TEST(Config, Defaults) {
  const Config config;
  EXPECT_EQ(config.upstream, Upstream::automatic);
  EXPECT_EQ(config.deadline, std::chrono::seconds(10));
}

TEST(Config, Recursion) {
  Config config;
  config.forwarders = {"192.0.2.1"};
  const auto out = with_forward(config, "recursion");
  EXPECT_EQ(out->upstream, Upstream::recursion);
  EXPECT_THAT(out->forwarders, IsEmpty());
}

TEST(Config, AddressesWithCommasBlanksAndPorts) {
  const auto out = with_forward({}, "192.0.2.1, 192.0.2.2@5353,,2001:db8::1@53 ::1\t");
  ASSERT_TRUE(out);
  EXPECT_EQ(out->upstream, Upstream::forward);
  EXPECT_THAT(out->forwarders,
              ElementsAre("192.0.2.1", "192.0.2.2@5353", "2001:db8::1@53", "::1"));
}

TEST(Config, WhatIsNoForwarderIsRefused) {
  for (const auto* words :
       {"", " ", ",", "dns.example", "192.0.2.1@", "192.0.2.1@0", "192.0.2.1@65536",
        "192.0.2.1@-1", "192.0.2.1@53x", "@53", "192.0.2.1:53", "Recursion",
        "192.0.2.1,nonsense", "192.0.2.1;192.0.2.2"}) {
    expect_refused(words);
  }
}

TEST(Config, ABracketedForwarderIsGivenToLibunboundInItsForm) {
  const auto out = with_forward({}, "[::1]@53");
  if (out) {
    EXPECT_THAT(out->forwarders, ElementsAre("::1@53"));
  }
}

TEST(Config, OnlyLoopbackServersAreTaken) {
  EXPECT_THAT(servers_of("# comment\nsearch example\nnameserver 192.0.2.1\n"
                         "nameserver 127.0.0.1\nnameserver\t::1 # here\r\n"
                         "nameserver 127.5.5.5\nnameserver 2001:db8::1\noptions edns0\n"),
              ElementsAre("127.0.0.1", "::1", "127.5.5.5"));
}

TEST(Config, TheStubOfSystemdIsNotTaken) {
  EXPECT_THAT(servers_of("nameserver 127.0.0.53\nnameserver 127.0.0.54\n"), IsEmpty());
}

TEST(Config, LinesOfAnotherShapeAreSkipped) {
  EXPECT_THAT(servers_of("nameserver\nnameserverx 127.0.0.1\n;nameserver 127.0.0.1\n"
                         "#nameserver 127.0.0.1\nnameserver dns.example\nnameserver 0\n"
                         "nameserver fe80::1%lo\n\n\n   nameserver   127.0.0.2"),
              ElementsAre("127.0.0.2"));
}

TEST(Config, ServersThatAreNotAskedAreKnown) {
  EXPECT_THAT(
      conf_of("nameserver 192.0.2.1\nnameserver 127.0.0.1\nnameserver 127.0.0.53\n")
          .others,
      ElementsAre("192.0.2.1", "127.0.0.53"));
}

TEST(Config, AFileThatIsNotThereNamesNobody) {
  EXPECT_THAT(read_resolv_conf("/nonexistent/resolv.conf")->local, IsEmpty());
  EXPECT_THAT(servers_of(""), IsEmpty());
}

TEST(Config, AFileThatCannotBeReadIsNotAbsent) {
  const std::string loop = testing::TempDir() + "resolv.conf.loop";
  EXPECT_EQ(symlink(loop.c_str(), loop.c_str()), 0);
  for (const std::string& path : {std::string("/"), loop, loop + "/x"}) {
    const auto conf = read_resolv_conf(path);
    ASSERT_FALSE(conf) << path;
    EXPECT_EQ(conf.error().kind, base::ErrorKind::temporary);
    EXPECT_EQ(conf.error().code, base::Code::local);
    EXPECT_THAT(conf.error().detail, testing::HasSubstr("unable to read " + path));
  }
  unlink(loop.c_str());
}

}  // namespace
}  // namespace resolver
