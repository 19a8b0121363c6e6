#include "src/ucspi/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "src/io/pipe.h"
#include "tests/support/read_all.h"

namespace ucspi {
namespace {

const std::vector<std::string> kEnvironment = {"PATH=/usr/bin:/bin", "MINE=a b"};

using support::read_all;

/// What a shell script writes to its descriptor `number`.
std::string said_on(int number, const std::string& script, int expected_status = 0) {
  auto pipe = io::make_pipe().value();
  const auto child =
      spawn({"sh", "-c", script}, kEnvironment, {{pipe.second.get(), number}});
  EXPECT_TRUE(child);
  pipe.second.reset();
  std::string out = read_all(pipe.first.get());
  EXPECT_EQ(wait_for(*child).value(), expected_status);
  return out;
}

TEST(Child, StatusIsPassedOn) {
  for (const int status : {0, 1, 42, 111, 255}) {
    const auto child = spawn({"sh", "-c", "exit " + std::to_string(status)}, {}, {});
    EXPECT_EQ(wait_for(child.value()).value(), status);
  }
}

TEST(Child, OneThatIsKilledIsAnError) {
  const auto child = spawn({"sh", "-c", "kill -TERM $$"}, {}, {});
  const auto status = wait_for(child.value());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, base::Code::killed);
  EXPECT_EQ(base::exit_status(status.error().kind), 111);
  EXPECT_EQ(status.error().detail, "the program was killed: Terminated");
}

TEST(Child, OneThatIsNotThereIsAnError) {
  for (const auto* word : {"no-such-program", "/no/such/program", "/etc/passwd", "/"}) {
    const auto child = spawn({word}, kEnvironment, {});
    ASSERT_FALSE(child) << word;
    EXPECT_EQ(child.error().code, base::Code::exec);
    EXPECT_EQ(child.error().kind, base::ErrorKind::temporary);
    EXPECT_NE(child.error().detail.find(word), std::string::npos);
  }
}

TEST(Child, EnvironmentAndWordsAreExact) {
  EXPECT_EQ(said_on(kClientDescriptors.write, "env | grep -v '^_=\\|^PWD=' | sort >&7"),
            "MINE=a b\nPATH=/usr/bin:/bin\n");
}

TEST(Child, DescriptorsGetTheirNumbers) {
  EXPECT_EQ(said_on(kClientDescriptors.read, "echo six >&6"), "six\n");
  EXPECT_EQ(said_on(kClientDescriptors.write, "echo seven >&7"), "seven\n");
}

TEST(Child, DescriptorsThatSwapNumbersDoNotCollide) {
  auto one = io::make_pipe().value();
  auto other = io::make_pipe().value();
  const int first = one.second.get();
  const int second = other.second.get();
  const auto child = spawn({"/bin/sh", "-c",
                            "echo a >/proc/self/fd/" + std::to_string(second) +
                                "; echo b >/proc/self/fd/" + std::to_string(first)},
                           kEnvironment, {{first, second}, {second, first}});
  ASSERT_TRUE(child);
  one.second.reset();
  other.second.reset();
  EXPECT_EQ(read_all(one.first.get()), "a\n");
  EXPECT_EQ(read_all(other.first.get()), "b\n");
  EXPECT_EQ(wait_for(*child).value(), 0);
}

TEST(Child, NothingElseOfOursIsInherited) {
  const auto spare = io::make_pipe().value();
  EXPECT_EQ(said_on(kClientDescriptors.write, "[ -e /proc/self/fd/" +
                                                  std::to_string(spare.first.get()) +
                                                  " ] && echo leak >&7; true"),
            "");
}

TEST(Child, SigpipeIsAsItComes) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(said_on(kClientDescriptors.write, "sh -c 'kill -PIPE $$'; echo $? >&7"),
            "141\n");
  std::signal(SIGPIPE, before);
}

TEST(Child, PipesAreCloseOnExec) {
  const auto pipe = io::make_pipe().value();
  EXPECT_NE(fcntl(pipe.first.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(fcntl(pipe.second.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Child, WaitingForNobodyIsAnError) {
  EXPECT_EQ(wait_for(getpid()).error().code, base::Code::wait);
}

}  // namespace
}  // namespace ucspi
