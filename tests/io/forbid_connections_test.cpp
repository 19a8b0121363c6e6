#include "src/io/forbid_connections.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <utility>

namespace {

constexpr int kNotThere = 77;

/// Whether there is what this is about, by another word than that of what is tested.
bool has_seccomp() {
#if defined(__x86_64__) || defined(__aarch64__)
  return access("/proc/sys/kernel/seccomp/actions_avail", F_OK) == 0;
#else
  return false;
#endif
}

/// Whether `body` says yes in a process that connects to nobody any more.
void expect_confined(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    if (io::forbid_connections() == io::Confinement::not_there) _exit(kNotThere);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNotThere && !has_seccomp()) {
    GTEST_SKIP() << "this kernel, or this processor, has no filters of system calls";
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(ForbidConnections, BySocketsOfEveryFamily) {
  expect_confined([] {
    for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
      for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        if (socket(family, type, 0) != -1 || errno != EPERM) return false;
      }
    }
    return true;
  });
}

TEST(ForbidConnections, AndTheWayAround) {
  constexpr long kIoUringSetup = 425;
  expect_confined(
      [] { return syscall(kIoUringSetup, 1, nullptr) == -1 && errno == EPERM; });
}

/// A TCP connection on this machine, from the first to the second.
std::pair<int, int> make_connection(sockaddr_in& server) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  socklen_t size = sizeof server;
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* address = reinterpret_cast<sockaddr*>(&server);
  EXPECT_EQ(bind(listener, address, size), 0);
  EXPECT_EQ(listen(listener, 1), 0);
  EXPECT_EQ(getsockname(listener, address, &size), 0);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(connect(client, address, size), 0);
  return {client, listener};
}

TEST(ForbidConnections, ByASocketThatIsConnectedElsewhere) {
  sockaddr_in server{};
  const auto [client, listener] = make_connection(server);
  expect_confined([client, &server] {
    const auto* address = reinterpret_cast<const sockaddr*>(&server);
    const sockaddr nobody{AF_UNSPEC, {}};
    return connect(client, &nobody, sizeof nobody) == -1 && errno == EPERM &&
           connect(client, address, sizeof server) == -1 && errno == EPERM &&
           sendto(client, "x", 1, MSG_FASTOPEN, address, sizeof server) == -1 &&
           bind(client, address, sizeof server) == -1 && errno == EPERM &&
           listen(client, 1) == -1 && errno == EPERM;
  });
  close(client);
  close(listener);
}

TEST(ForbidConnections, OutOfAnotherProcess) {
  const pid_t parent = getpid();
  expect_confined([parent] {
    char octet = 0;
    iovec here{&octet, 1};
    iovec there{&octet, 1};
    return ptrace(PTRACE_ATTACH, parent, nullptr, nullptr) == -1 && errno == EPERM &&
           process_vm_readv(parent, &here, 1, &there, 1, 0) == -1 && errno == EPERM;
  });
}

TEST(ForbidConnections, InChildrenToo) {
  expect_confined([] {
    const pid_t child = fork();
    if (child == 0) _exit(socket(AF_INET, SOCK_STREAM, 0) == -1 ? 0 : 1);
    int status = -1;
    return waitpid(child, &status, 0) == child && status == 0;
  });
}

TEST(ForbidConnections, WhatIsOpenStaysOpen) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  expect_confined([&] {
    char octet = 'x';
    return write(ends[0], &octet, 1) == 1 && read(ends[1], &octet, 1) == 1;
  });
  close(ends[0]);
  close(ends[1]);
}

TEST(ForbidConnections, AllElseGoesOn) {
  expect_confined([] {
    std::array<int, 2> ends{};
    return pipe2(ends.data(), O_CLOEXEC) == 0 && open("/dev/null", O_RDONLY) != -1;
  });
}

}  // namespace
