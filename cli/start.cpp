#include "cli/start.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "src/base/bytes.h"

namespace cli {
namespace {

const char* program_name = "";
int failed_status = 111;
LastWord last_word = nullptr;
bool ends_by_sigpipe = false;

bool fill_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (open("/dev/null", O_RDWR) != fd) return false;  // the lowest that is free
  }
  return true;
}

/// Reached by an exception that nobody caught, here or in a callback.
[[noreturn]] void give_up() {
  std::string why = "given up";
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const std::bad_alloc&) {
    why = "out of memory";
  } catch (const std::exception& error) {
    why = error.what();
  }
  std::_Exit(tell_failure(why, failed_status));
}

}  // namespace

int tell_failure(const std::string& why, int status) {
  std::fprintf(stderr, "%s: fatal: %s\n", program_name,
               base::printable(why, base::kMessage).c_str());
  return last_word == nullptr ? status : last_word(why);
}

void end_by_sigpipe() { ends_by_sigpipe = true; }

// SIGPIPE itself stays ignored, for it would also come for a peer that hangs up.
void end_if_reader_is_gone(int error) {
  if (!ends_by_sigpipe || error != EPIPE) return;
  std::signal(SIGPIPE, SIG_DFL);
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
  (void)std::raise(SIGPIPE);
}

void set_last_word(LastWord word) { last_word = word; }

void run_program(const char* name, const std::function<int()>& body, int failed) {
  failed_status = failed;
  if (!fill_standard_descriptors()) std::_Exit(failed);
  program_name = name;
  std::set_terminate(give_up);
  std::signal(SIGPIPE, SIG_IGN);
  // Who started us may have it ignored, and then no child of ours could be waited for.
  std::signal(SIGCHLD, SIG_DFL);
  int status = body();
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (lost) end_if_reader_is_gone(errno);
  if (lost && status == 0) {
    status = tell_failure("unable to write standard output", failed);
  }
  std::_Exit(status);
}

}  // namespace cli
