#include "src/server/rights.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace server {
namespace {

using testing::HasSubstr;

/// What a process of its own says to a question, as its exit status.
int in_a_process(const std::function<bool()>& question) {
  const pid_t pid = fork();
  if (pid == 0) _exit(question() ? 0 : 1);
  int status = -1;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

template <typename T>
std::string refusal(const base::Result<T>& result) {
  if (result) return "taken";
  EXPECT_EQ(result.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(result.error().code, base::Code::usage);
  return result.error().detail;
}

TEST(Rights, NumbersAreTheirOwn) {
  EXPECT_EQ(user_number("-u", "0").value(), 0U);
  EXPECT_EQ(user_number("-u", "4294967294").value(), 4294967294U);
  EXPECT_EQ(group_number("-g", "65534").value(), 65534U);
}

TEST(Rights, NamesAreThoseOfTheMachine) {
  EXPECT_EQ(user_number("-u", "root").value(), 0U);
  EXPECT_EQ(group_number("-g", "root").value(), 0U);
}

// To the kernel it is "leave as it is": a process would stay root (setresuid(2)).
TEST(Rights, MinusOneIsNobodysNumber) {
  for (const auto* word : {"-1", "4294967295"}) {
    EXPECT_THAT(refusal(user_number("-u", word)), HasSubstr("-u")) << word;
    EXPECT_THAT(refusal(group_number("-g", word)), HasSubstr("-g")) << word;
  }
}

TEST(Rights, WhatIsNeitherNumberNorNameIsAnErrorThatNamesIt) {
  EXPECT_EQ(refusal(user_number("-u", "no-such-user")), "-u no-such-user: unknown");
  EXPECT_EQ(refusal(group_number("GID", "no-such-group")), "GID no-such-group: unknown");
  for (const auto* word :
       {"", " 0", "0 ", "+0", "0x0", "1.5", "4294967296", "18446744073709551616"}) {
    EXPECT_NE(refusal(user_number("-u", word)), "taken") << word;
    EXPECT_NE(refusal(group_number("-g", word)), "taken") << word;
  }
}

TEST(Rights, WhatIsNotSetStays) {
  EXPECT_EQ(in_a_process([] {
              const uid_t user = getuid();
              const gid_t group = getgid();
              return become({}) && getuid() == user && getgid() == group;
            }),
            0);
}

TEST(Rights, OnesOwnCanBeKept) {
  EXPECT_EQ(in_a_process([] { return become({getuid(), getgid()}).has_value(); }), 0);
}

TEST(Rights, RootBecomesWhomNobodyElseIs) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can";
  EXPECT_EQ(in_a_process([] {
              const uid_t own = 0x70000000U + static_cast<unsigned>(getpid());
              if (!give_up_root({})) return false;
              uid_t real = 0, effective = 0, saved = 0;
              getresuid(&real, &effective, &saved);
              gid_t group = 0;
              const bool alone = getgroups(1, &group) == 1 && group == own;
              return real == own && effective == own && saved == own &&
                     getegid() == own && alone && setuid(0) != 0 && setgid(0) != 0;
            }),
            0);
}

TEST(Rights, RootBecomesWhoItIsToBe) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can";
  EXPECT_EQ(in_a_process([] {
              return give_up_root({1234, 2345}) && getuid() == 1234 && getgid() == 2345 &&
                     setuid(0) != 0;
            }),
            0);
}

TEST(Rights, NoProgramGivesThemBack) {
  EXPECT_EQ(in_a_process([] {
              return give_up_root({}) && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
            }),
            0);
}

TEST(Rights, WhoIsNotRootBecomesNobodyElse) {
  EXPECT_EQ(in_a_process([] {
              if (geteuid() == 0 && !give_up_root({})) return false;
              const auto became = become({0, 0});
              return !became && became.error().kind == base::ErrorKind::internal &&
                     became.error().code == base::Code::local;
            }),
            0);
}

TEST(Rights, ADirectoryThatIsNotThereIsNoRoot) {
  const auto done = shut_in("/no/such/directory");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, base::ErrorKind::internal);
  EXPECT_EQ(done.error().code, base::Code::local);
  EXPECT_THAT(done.error().detail, HasSubstr("/no/such/directory"));
}

TEST(Rights, WithAnotherRootNothingElseIsThere) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can";
  EXPECT_EQ(in_a_process([] {
              return shut_in("/proc/self") && access("/status", F_OK) == 0 &&
                     access("/etc/passwd", F_OK) != 0 && access("../etc", F_OK) != 0;
            }),
            0);
}

}  // namespace
}  // namespace server
