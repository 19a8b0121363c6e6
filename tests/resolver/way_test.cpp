#include "resolver/way.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace resolver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A resolv.conf for the time of a test.
class File {
 public:
  explicit File(const std::string& text) : path_(testing::TempDir() + "way.XXXXXX") {
    const int fd = mkstemp(path_.data());
    EXPECT_GE(fd, 0);
    close(fd);
    std::ofstream(path_) << text;
  }
  ~File() { unlink(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Way, BeyondThisMachineNobodyIsAsked) {
  const File conf("nameserver 192.0.2.53\n");
  const auto way = way_of({}, conf.path()).value();
  EXPECT_EQ(way.kind, Way::Kind::recursion);
  EXPECT_THAT(way.servers, IsEmpty());
  EXPECT_THAT(way.passed_over, ElementsAre("192.0.2.53"));
  const std::string said = advice(way, "control/dnsforward");
  EXPECT_THAT(said, HasSubstr("from the root on"));
  EXPECT_THAT(said, HasSubstr("only 192.0.2.53"));
  EXPECT_THAT(said, HasSubstr("control/dnsforward"));
}

TEST(Way, AResolverOnThisMachineIsAsked) {
  const File conf("nameserver 127.0.0.1\nnameserver 192.0.2.53\n");
  const auto way = way_of({}, conf.path()).value();
  EXPECT_EQ(way.kind, Way::Kind::resolv_conf);
  EXPECT_THAT(way.servers, ElementsAre("127.0.0.1"));
  EXPECT_THAT(advice(way, "--forward"), HasSubstr("127.0.0.1 on this machine"));
}

TEST(Way, TheUsersOwnWordNeedsNoFile) {
  const auto forward = with_forward({}, "192.0.2.1,192.0.2.2@5353").value();
  const auto way = way_of(forward, "/").value();
  EXPECT_EQ(way.kind, Way::Kind::forward);
  EXPECT_THAT(advice(way, "--forward"), HasSubstr("192.0.2.1, 192.0.2.2@5353"));
  EXPECT_EQ(way_of(with_forward({}, "recursion").value(), "/")->kind,
            Way::Kind::recursion);
  Config config;
  config.unbound_conf = "/etc/unbound.conf";
  EXPECT_EQ(way_of(config, "/")->kind, Way::Kind::configuration);
}

TEST(Way, AFileThatCannotBeReadIsAnError) {
  const auto way = way_of({}, "/");
  ASSERT_FALSE(way);
  EXPECT_EQ(way.error().code, base::Code::local);
}

TEST(Way, WhatOthersMightAnswer) {
  using base::Code;
  for (const Code code : {Code::servfail, Code::timeout, Code::dns_refused, Code::rcode,
                          Code::io, Code::not_validating}) {
    EXPECT_TRUE(is_unanswered({base::ErrorKind::temporary, code, ""})) << to_text(code);
  }
  for (const Code code :
       {Code::bogus, Code::no_address, Code::null_mx, Code::no_tlsa, Code::local}) {
    EXPECT_FALSE(is_unanswered({base::ErrorKind::temporary, code, ""})) << to_text(code);
  }
}

}  // namespace
}  // namespace resolver
