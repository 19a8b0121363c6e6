#include "src/qmail/dead_hosts.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/qmail/home.h"

namespace qmail {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds kNow{seconds(1'800'000'000)};

net::Address address(std::string_view text) { return net::parse_address(text).value(); }

class DeadHostsTest : public testing::Test {
 protected:
  DeadHostsTest() { home_.file("deadhosts", ""); }
  void fail_twice(const net::Address& host, sys_seconds from = kNow) const {
    hosts_.failed(host, from);
    hosts_.failed(host, from + seconds(120));
  }
  Home home_;
  DeadHosts hosts_{home_.path("deadhosts").string()};
  net::Address one_ = address("192.0.2.1");
  net::Address two_ = address("2001:db8::1");
};

TEST_F(DeadHostsTest, NobodyIsDeadAtFirst) {
  EXPECT_FALSE(hosts_.is_dead(one_, kNow));
  EXPECT_FALSE(hosts_.is_dead(address("0.0.0.0"), kNow));
  EXPECT_FALSE(hosts_.is_dead(address("::"), kNow));
}

TEST_F(DeadHostsTest, OneFailureIsNotEnough) {
  hosts_.failed(one_, kNow);
  EXPECT_FALSE(hosts_.is_dead(one_, kNow + seconds(1)));
}

TEST_F(DeadHostsTest, TwoAreIfTheyAreApart) {
  hosts_.failed(one_, kNow);
  hosts_.failed(one_, kNow + seconds(119));
  EXPECT_FALSE(hosts_.is_dead(one_, kNow + seconds(119)));
  hosts_.failed(one_, kNow + seconds(120));
  EXPECT_TRUE(hosts_.is_dead(one_, kNow + seconds(120)));
}

TEST_F(DeadHostsTest, ForAnHourAfterTheLast) {
  fail_twice(one_);
  EXPECT_TRUE(hosts_.is_dead(one_, kNow + seconds(120 + 3599)));
  EXPECT_FALSE(hosts_.is_dead(one_, kNow + seconds(120 + 3600)));
}

TEST_F(DeadHostsTest, AfterThatItCountsAnew) {
  fail_twice(one_);
  const sys_seconds later = kNow + seconds(120 + 3600);
  hosts_.failed(one_, later);
  EXPECT_FALSE(hosts_.is_dead(one_, later));
  hosts_.failed(one_, later + seconds(200));
  EXPECT_TRUE(hosts_.is_dead(one_, later + seconds(200)));
}

TEST_F(DeadHostsTest, AnAnswerForgetsIt) {
  fail_twice(one_);
  fail_twice(two_);
  hosts_.answered(one_);
  EXPECT_FALSE(hosts_.is_dead(one_, kNow + seconds(130)));
  EXPECT_TRUE(hosts_.is_dead(two_, kNow + seconds(130)));
}

TEST_F(DeadHostsTest, AClockThatGoesBackKillsNobody) {
  fail_twice(one_);
  EXPECT_FALSE(hosts_.is_dead(one_, kNow - seconds(10'000)));
  hosts_.failed(one_, kNow - seconds(10'000));
  EXPECT_FALSE(hosts_.is_dead(one_, kNow - seconds(10'000)));
}

TEST_F(DeadHostsTest, AMissingFileHoldsNothingUp) {
  const DeadHosts gone(home_.path("no/such/file").string());
  gone.failed(one_, kNow);
  gone.failed(one_, kNow + seconds(200));
  gone.answered(one_);
  EXPECT_FALSE(gone.is_dead(one_, kNow + seconds(200)));
  EXPECT_FALSE(std::filesystem::exists(home_.path("no")));
}

TEST_F(DeadHostsTest, ATruncatedFileIsFilledUp) {
  fail_twice(one_);
  std::filesystem::resize_file(home_.path("deadhosts"), 100);
  EXPECT_FALSE(hosts_.is_dead(two_, kNow));
  hosts_.answered(one_);
  fail_twice(two_);
  EXPECT_TRUE(hosts_.is_dead(two_, kNow + seconds(130)));
}

TEST_F(DeadHostsTest, NeitherAFolderNorALinkIsWrittenTo) {
  home_.file("target", "");
  std::filesystem::create_symlink(home_.path("target"), home_.path("link"));
  const DeadHosts link(home_.path("link").string());
  link.failed(one_, kNow);
  EXPECT_EQ(std::filesystem::file_size(home_.path("target")), 0U);
  const DeadHosts folder(home_.path().string());
  folder.failed(one_, kNow);
  EXPECT_FALSE(folder.is_dead(one_, kNow));
}

TEST_F(DeadHostsTest, TheOldestGiveWay) {
  fail_twice(two_, kNow + seconds(10'000));
  for (unsigned i = 0; i < 3000; ++i) {
    const std::string text =
        "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    hosts_.failed(address(text), kNow + seconds(i));
  }
  EXPECT_TRUE(hosts_.is_dead(two_, kNow + seconds(10'200)));
  EXPECT_LT(std::filesystem::file_size(home_.path("deadhosts")), 100'000U);
}

TEST_F(DeadHostsTest, ManyProcessesAtOnce) {
  constexpr int kProcesses = 4, kEach = 20;
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int i = 0; i < kEach; ++i) {
        const auto host = "10." + std::to_string(p) + ".0." + std::to_string(i);
        // Whoever gets no lock in a moment remembers nothing, so it may take some tries;
        // what stands there then, nobody else may spoil.
        for (int tries = 0; tries < 100; ++tries) {
          fail_twice(address(host));
          if (hosts_.is_dead(address(host), kNow + seconds(130))) break;
          hosts_.answered(address(host));  // half of it may be there
        }
        hosts_.failed(one_, kNow + seconds(i * 10));
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  for (int p = 0; p < kProcesses; ++p) {
    for (int i = 0; i < kEach; ++i) {
      const auto host = "10." + std::to_string(p) + ".0." + std::to_string(i);
      EXPECT_TRUE(hosts_.is_dead(address(host), kNow + seconds(130))) << host;
    }
  }
  EXPECT_TRUE(hosts_.is_dead(one_, kNow + seconds(200)));
}

TEST_F(DeadHostsTest, QmailTcpokClearsItToo) {
  const auto clear_at = [&](sys_seconds moment) {
    home_.file("tcpto", std::string(1024, '\0'));
    const timespec time{moment.time_since_epoch().count(), 0};
    const timespec times[2] = {time, time};
    ASSERT_EQ(utimensat(AT_FDCWD, home_.path("tcpto").c_str(), times, 0), 0);
  };
  clear_at(kNow - seconds(1));
  fail_twice(one_);
  EXPECT_TRUE(hosts_.is_dead(one_, kNow + seconds(200)));
  clear_at(kNow + seconds(150));
  EXPECT_FALSE(hosts_.is_dead(one_, kNow + seconds(200)));
  hosts_.failed(one_, kNow + seconds(300));
  EXPECT_FALSE(hosts_.is_dead(one_, kNow + seconds(301))) << "it counts anew";
  hosts_.failed(one_, kNow + seconds(420));
  EXPECT_TRUE(hosts_.is_dead(one_, kNow + seconds(421)));
}

}  // namespace
}  // namespace qmail
