#include "src/io/forbid_connections.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace io {
namespace {

#if defined(__x86_64__) && !defined(__ILP32__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__) && !defined(__ILP32__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif

constexpr std::uint32_t kOtherNumbers = 0x40000000;  // x32's calls on x86-64

// One number on all architectures, and newer than some headers.
constexpr std::uint32_t kIoUringSetup = 425, kPidfdGetfd = 438;
constexpr std::array<std::uint32_t, 9> kForbidden = {
    SYS_socket,    SYS_connect,          SYS_bind,    SYS_listen,
    SYS_ptrace,    SYS_process_vm_readv, kPidfdGetfd, SYS_process_vm_writev,
    kIoUringSetup,  // which does all of these by other numbers
};

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
/// `yes` and `no` are the numbers of lines that are left out.
constexpr sock_filter jump(int kind, std::uint32_t to, std::size_t yes, std::size_t no) {
  return {static_cast<std::uint16_t>(BPF_JMP | kind | BPF_K),
          static_cast<std::uint8_t>(yes), static_cast<std::uint8_t>(no), to};
}
constexpr sock_filter give(std::uint32_t verdict) {
  return {BPF_RET | BPF_K, 0, 0, verdict};
}

constexpr std::size_t kBefore = 4;  // lines in front of those for forbidden calls

constexpr std::array<sock_filter, kBefore + kForbidden.size() + 2> make_filter() {
  std::array<sock_filter, kBefore + kForbidden.size() + 2> out{};
  constexpr std::size_t kRefused = out.size() - 1;
  out[0] = load(offsetof(seccomp_data, arch));
  out[1] = jump(BPF_JEQ, kArchitecture, 0, kRefused - 2);
  out[2] = load(offsetof(seccomp_data, nr));
  out[3] = jump(BPF_JGE, kOtherNumbers, kRefused - 4, 0);
  for (std::size_t i = 0; i < kForbidden.size(); ++i) {
    out[kBefore + i] = jump(BPF_JEQ, kForbidden[i], kRefused - (kBefore + i + 1), 0);
  }
  out[kRefused - 1] = give(SECCOMP_RET_ALLOW);
  out[kRefused] = give(SECCOMP_RET_ERRNO | EPERM);
  return out;
}

}  // namespace

Confinement forbid_connections() {
  if (kArchitecture == 0) return Confinement::not_there;
  auto filter = make_filter();
  const sock_fprog program = {filter.size(), filter.data()};
  const bool is_done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  return is_done ? Confinement::in_force : Confinement::not_there;
}

}  // namespace io
