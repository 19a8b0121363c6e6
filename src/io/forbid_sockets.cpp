#include "src/io/forbid_sockets.h"

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
constexpr std::uint32_t kIoUringSetup = 425;  // a way around: newer than some headers

constexpr sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
constexpr sock_filter jump(int kind, std::uint32_t to, std::uint8_t yes,
                           std::uint8_t no) {
  return {static_cast<std::uint16_t>(BPF_JMP | kind | BPF_K), yes, no, to};
}
constexpr sock_filter give(std::uint32_t verdict) {
  return {BPF_RET | BPF_K, 0, 0, verdict};
}

}  // namespace

Confinement forbid_sockets() {
  if (kArchitecture == 0) return Confinement::not_there;
  // The numbers behind `jump` say how many lines are left out, if so and if not.
  std::array<sock_filter, 8> filter = {{
      load(offsetof(seccomp_data, arch)),
      jump(BPF_JEQ, kArchitecture, 0, 5),
      load(offsetof(seccomp_data, nr)),
      jump(BPF_JGE, kOtherNumbers, 3, 0),
      jump(BPF_JEQ, SYS_socket, 2, 0),
      jump(BPF_JEQ, kIoUringSetup, 1, 0),
      give(SECCOMP_RET_ALLOW),
      give(SECCOMP_RET_ERRNO | EPERM),
  }};
  const sock_fprog program = {filter.size(), filter.data()};
  const bool is_done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  return is_done ? Confinement::in_force : Confinement::not_there;
}

}  // namespace io
