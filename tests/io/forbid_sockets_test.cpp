#include "src/io/forbid_sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>

namespace {

constexpr int kNotThere = 77;

/// Whether `body` says yes in a process that makes no sockets any more.
void expect_without_sockets(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (io::forbid_sockets() == io::Confinement::not_there) _exit(kNotThere);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNotThere) GTEST_SKIP() << "this machine has no seccomp";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ForbidSockets, OfEveryFamily) {
  expect_without_sockets([] {
    for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
      for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        if (socket(family, type, 0) != -1 || errno != EPERM) return false;
      }
    }
    return true;
  });
}

TEST(ForbidSockets, AndTheWayAroundThem) {
  constexpr long kIoUringSetup = 425;
  expect_without_sockets(
      [] { return syscall(kIoUringSetup, 1, nullptr) == -1 && errno == EPERM; });
}

TEST(ForbidSockets, InChildrenToo) {
  expect_without_sockets([] {
    const pid_t child = fork();
    if (child == 0) _exit(socket(AF_INET, SOCK_STREAM, 0) == -1 ? 0 : 1);
    int status = -1;
    return waitpid(child, &status, 0) == child && status == 0;
  });
}

TEST(ForbidSockets, WhatIsOpenStaysOpen) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  expect_without_sockets([&] {
    char octet = 'x';
    return write(ends[0], &octet, 1) == 1 && read(ends[1], &octet, 1) == 1;
  });
  close(ends[0]);
  close(ends[1]);
}

TEST(ForbidSockets, AllElseGoesOn) {
  expect_without_sockets([] {
    std::array<int, 2> ends{};
    return pipe2(ends.data(), O_CLOEXEC) == 0 && open("/dev/null", O_RDONLY) != -1;
  });
}

}  // namespace
