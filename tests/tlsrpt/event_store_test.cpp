#include "src/tlsrpt/event_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "src/tlsrpt/day_folder.h"
#include "src/tlsrpt/event_days.h"
#include "src/tlsrpt/store_room.h"

namespace tlsrpt {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using testing::IsEmpty;

namespace fs = std::filesystem;

constexpr sys_days kDay{days(20605)};  // 2026-06-01
constexpr const char* kDomain = "there.example";

TlsEvent event(std::string result = "", std::string domain = kDomain) {
  return {std::move(domain),
          "tlsa",
          {"3 1 1 00ff"},
          std::move(result),
          "mx.there.example",
          "192.0.2.1",
          "192.0.2.9",
          "mismatch",
          "",
          1};
}

/// A store that goes with the test.
class EventStore : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "tlsrpt.XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    path_ = path;
  }
  void TearDown() override { fs::remove_all(path_); }

  void keep(const TlsEvent& one, sys_seconds now = kDay) const {
    keep_events(path_, {&one, 1}, now);
  }
  [[nodiscard]] std::vector<TlsEvent> read(sys_days day = kDay) const {
    return read_events(path_, day).found.events;
  }
  [[nodiscard]] fs::path file(const std::string& domain = kDomain) const {
    return fs::path(path_) / "2026-06-01.d" / domain;
  }
  std::string path_;
};

TEST_F(EventStore, WhatIsKeptIsReadOnItsDay) {
  const sys_seconds last =
      sys_seconds(kDay) + std::chrono::hours(24) - std::chrono::seconds(1);
  keep(event(), last);
  keep(event("certificate-expired"), last + std::chrono::seconds(1));
  const auto today = read();
  ASSERT_EQ(today.size(), 1U);
  EXPECT_EQ(today[0].host, "mx.there.example");
  EXPECT_EQ(read(kDay + days(1)).at(0).result, "certificate-expired");
  EXPECT_THAT(read(kDay - days(1)), IsEmpty());
}

TEST_F(EventStore, SessionsOfAKindAreALineAndANumber) {
  for (int i = 0; i < 30; ++i) {
    keep(event());
    keep(event("certificate-expired"));
  }
  const auto all = read();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].sessions, 30U);
  EXPECT_EQ(all[1].sessions, 30U);
  EXPECT_LT(fs::file_size(file()), 400U);
}

TEST_F(EventStore, ProcessesDoNotDisturbEachOther) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (int j = 0; j < 25; ++j) keep(event());
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  const auto all = read();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_GE(all[0].sessions, 25U);  // a lock that is not had soon is not waited for
  EXPECT_LE(all[0].sessions, 100U);
}

// Two at once would each write the number that the other one read.
TEST_F(EventStore, NothingIsCountedWhileAnotherCounts) {
  keep(event());
  const io::Descriptor other(open(file().c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(flock(other.get(), LOCK_EX), 0);
  keep(event());
  EXPECT_EQ(read().at(0).sessions, 1U);
  ASSERT_EQ(flock(other.get(), LOCK_UN), 0);
  keep(event());
  EXPECT_EQ(read().at(0).sessions, 2U);
}

TEST_F(EventStore, ADomainHasABoundAndTakesNothingFromOthers) {
  std::vector<TlsEvent> flood;
  for (int i = 0; i < 5000; ++i) {
    flood.push_back(event("certificate-expired"));
    flood.back().host = "mx" + std::to_string(i) + ".there.example";
    flood.back().records.assign(40, std::string(60, 'a'));
  }
  keep_events(path_, flood, kDay);
  EXPECT_LE(fs::file_size(file()), kMostOfDomain);
  keep(event("", "other.example"));
  keep(flood.front());
  EXPECT_EQ(read_events(path_, kDay).troubles.size(), 0U);
  const auto all = read();
  EXPECT_EQ(std::ranges::count(all, std::string("other.example"), &TlsEvent::domain), 1);
  const auto first =
      std::ranges::find(all, std::string("mx0.there.example"), &TlsEvent::host);
  ASSERT_NE(first, all.end());
  EXPECT_EQ(first->sessions, 2U) << "a known kind goes on being counted";
}

TEST_F(EventStore, MadeUpDomainsShutNoneOutThatIsCounted) {
  keep(event());
  for (std::size_t i = 1; i < kMostDomains; ++i) {
    std::ofstream(file("x" + std::to_string(i) + ".wild.example")) << "";
  }
  const std::string late = "late.example";
  keep(event("", late));
  EXPECT_FALSE(fs::exists(file(late)));
  EXPECT_THAT(why_not_kept(path_, late, kDay),
              testing::HasSubstr("2026-06-01.d: no more"));
  keep(event());
  keep(event("certificate-expired"));
  EXPECT_EQ(why_not_kept(path_, kDomain, kDay), "");
  const auto all = read();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].sessions, 2U);
  EXPECT_EQ(all[1].result, "certificate-expired");
  keep(event("", late), kDay + days(1));
  EXPECT_EQ(read(kDay + days(1)).size(), 1U) << "the next day has room";
}

constexpr int kNoMount = 77;

/// In a process with a file system of its own, of which nothing is left but some pages: 0
/// if only what was counted before is counted; `kNoMount` if none is to be had.
int count_on_a_full_disk(const std::string& path) {
  if (unshare(CLONE_NEWNS) != 0 ||
      mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", path.c_str(), "tmpfs", 0, "size=1m") != 0) {
    return kNoMount;
  }
  const auto keep = [&](const TlsEvent& one, sys_days day) {
    keep_events(path, {&one, 1}, day);
  };
  keep(event(), kDay);
  std::ofstream(path + "/mail") << std::string(std::size_t{976} * 1024, 'x');
  keep(event(), kDay);
  keep(event("", "late.example"), kDay);
  keep(event("", "late.example"), kDay + days(1));
  const auto all = read_events(path, kDay).found.events;
  const bool known = all.size() == 1 && all[0].sessions == 2;
  const bool told = !why_not_kept(path, "late.example", kDay).empty() &&
                    !why_not_kept(path, "late.example", kDay + days(1)).empty() &&
                    why_not_kept(path, kDomain, kDay).empty();
  return known && told && !fs::exists(path + "/2026-06-02.d") ? 0 : 1;
}

TEST_F(EventStore, AFullDiskIsNotFilledFurther) {
  const pid_t child = fork();
  if (child == 0) _exit(count_on_a_full_disk(path_));
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  // Who is not root, and a container without the right to mount, cannot have a full disk.
  if (WEXITSTATUS(status) == kNoMount) GTEST_SKIP() << "nobody may mount here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(EventStore, AFileOfAnEarlierVersionIsReadWholeAndDoesNotGrow) {
  keep(event());
  std::string old;
  for (int i = 0; old.size() < 2 * kMostOfDomain; ++i) {
    TlsEvent one = event("certificate-expired");
    one.host = "mx" + std::to_string(i) + ".there.example";
    old += counted_line(one) + "\n";
  }
  std::ofstream(file(), std::ios::app) << old;
  const auto before = fs::file_size(file());
  keep(event());
  keep(event("validation-failure"));
  EXPECT_EQ(fs::file_size(file()), before);
  const auto all = read_events(path_, kDay).found;
  EXPECT_EQ(all.left_out, 0U);
  EXPECT_EQ(all.events.at(0).sessions, 2U);
  EXPECT_EQ(std::ranges::count(all.events, std::string("certificate-expired"),
                               &TlsEvent::result),
            std::ranges::count(old, '\n'));
}

TEST_F(EventStore, NoNameLeadsOutOfTheStore) {
  for (const auto* name : {"../x", "a/b.example", "..", ".", "a\x01"}) {
    keep(event("", name));
  }
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_FALSE(fs::exists(fs::path(path_) / "x"));
  EXPECT_EQ(why_not_kept(path_, "../../etc/shadow/x", kDay), "");
}

TEST_F(EventStore, TheStoreMayBeALink) {
  const std::string link = path_ + ".link";
  fs::create_directory_symlink(path_, link);
  const TlsEvent one = event();
  keep_events(link, {&one, 1}, kDay);
  fs::remove(link);
  EXPECT_EQ(read().size(), 1U);
}

TEST_F(EventStore, ALineThatACrashCutIsWrittenOver) {
  keep(event());
  std::ofstream(file(), std::ios::app) << "0000000001\tthere.ex";
  keep(event("certificate-expired"));
  const auto all = read_events(path_, kDay);
  EXPECT_EQ(all.found.events.size(), 2U);
  EXPECT_EQ(all.found.left_out, 0U);
}

TEST_F(EventStore, AMissingStoreIsNoTrouble) {
  keep_events(path_ + "/nothing", {}, kDay);
  EXPECT_THAT(read_events(path_ + "/nothing", kDay).troubles, IsEmpty());
  EXPECT_EQ(why_not_kept(path_ + "/nothing", kDomain, kDay), "");
  EXPECT_EQ(why_not_kept(path_, kDomain, kDay), "");
}

TEST_F(EventStore, OldDaysAreRemovedAndNothingElse) {
  fs::create_directory(fs::path(path_) / "2026-04-01.d");
  std::ofstream(fs::path(path_) / "2026-04-01.d" / kDomain) << "x";
  for (const auto* name : {"2026-04-30", "2026-05-01", "2025-02-30", "2020-01-01.txt",
                           "notes", "2026-05-31"}) {
    std::ofstream(fs::path(path_) / name) << "x";
  }
  keep(event());
  const auto there = [&](const char* name) { return fs::exists(fs::path(path_) / name); };
  EXPECT_FALSE(there("2026-04-01.d"));
  EXPECT_FALSE(there("2026-04-30"));
  EXPECT_TRUE(there("2026-05-01"));  // 31 days
  EXPECT_TRUE(there("2026-05-31"));
  EXPECT_TRUE(there("2025-02-30"));  // no date
  EXPECT_TRUE(there("2020-01-01.txt"));
  EXPECT_TRUE(there("notes"));
}

TEST_F(EventStore, RootShutsNobodyOut) {
  // The case is that of a root who finds a folder of somebody else.
  if (geteuid() != 0) GTEST_SKIP() << "only root can keep a file for another user";
  constexpr uid_t kOther = 12345;
  ASSERT_EQ(chown(path_.c_str(), kOther, kOther), 0);
  keep(event());
  struct stat facts {};
  ASSERT_EQ(stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_uid, kOther);
  ASSERT_EQ(stat(file().parent_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_uid, kOther);
  EXPECT_EQ(geteuid(), 0U) << "and is root afterwards";
}

TEST_F(EventStore, WhatShutsUsOutIsNamed) {
  // The child becomes a user whom the folder's mode shuts out.
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  constexpr uid_t kOther = 12345;
  keep(event());
  const pid_t child = fork();
  if (child == 0) {
    const bool other = setuid(kOther) == 0;
    _exit(other && !why_not_kept(path_, kDomain, kDay).empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(EventStore, TheOlderFormIsReadToo) {
  std::ofstream(fs::path(path_) / "2026-06-01")
      << "there.example\ttlsa\t\tmx.there.example\t192.0.2.1\t\t\t3 1 1 00ff\n"
         "there.example\ttlsa\t\tmx.there.example\t192.0.2.1\t\t\t3 1 1 00ff\n"
         "a/b.example\ttlsa\t\tmx.there.example\t192.0.2.1\t\t\t3 1 1 00ff\n";
  keep(event("certificate-expired"));
  const auto all = read_events(path_, kDay);
  ASSERT_EQ(all.found.events.size(), 2U);
  EXPECT_EQ(all.found.events[0].sessions, 2U);
  EXPECT_EQ(all.found.left_out, 1U);
}

}  // namespace
}  // namespace tlsrpt
