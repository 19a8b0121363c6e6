#include "src/io/work_limit.h"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>

namespace io {
namespace {

// A signal handler allocates nothing and asks nobody: what it says is ready before.
struct Limit {
  timer_t timer{};
  bool armed = false;
  std::chrono::seconds cpu{0};
  std::array<char, 4096> octets{};
  std::size_t size = 0;
  int fd = 2;
  int status = 111;
};
Limit limit;

void end_here(int /*signal*/) {
  for (std::size_t said = 0; said < limit.size;) {
    const ssize_t n = ::write(limit.fd, limit.octets.data() + said, limit.size - said);
    if (n <= 0) break;
    said += static_cast<std::size_t>(n);
  }
  _exit(limit.status);
}

void count(std::chrono::seconds cpu) {
  itimerspec value{};
  value.it_value.tv_sec = cpu.count();
  timer_settime(limit.timer, 0, &value, nullptr);
}

bool make_timer() {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGXCPU;
  return timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &limit.timer) == 0;
}

}  // namespace

void limit_work(std::chrono::seconds cpu, const LastWords& words) {
  limit.size = std::min(words.octets.size(), limit.octets.size());
  std::copy_n(words.octets.begin(), limit.size, limit.octets.begin());
  limit.fd = words.fd;
  limit.status = words.status;
  limit.cpu = cpu;
  std::signal(SIGXCPU, end_here);
  if (!limit.armed) limit.armed = make_timer();
  renew_work();
}

void renew_work() {
  if (limit.armed) count(limit.cpu);
}

void lift_work_limit() {
  if (limit.armed) count(std::chrono::seconds(0));
}

}  // namespace io
