#include "resolver/unbound_messages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unbound.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "src/base/bytes.h"

namespace resolver {

StandardErrorHeld::StandardErrorHeld()
    : saved_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)),
      memory_(memfd_create("unbound-messages", MFD_CLOEXEC)) {
  std::fflush(stderr);
  if (saved_ >= 0 && memory_ >= 0) dup2(memory_, STDERR_FILENO);
}

StandardErrorHeld::~StandardErrorHeld() {
  restore();
  if (memory_ >= 0) close(memory_);
}

std::string StandardErrorHeld::text() {
  restore();
  std::string text(std::size_t{64} * 1024, '\0');
  const ssize_t n = memory_ < 0 ? 0 : pread(memory_, text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

std::string StandardErrorHeld::first_line() {
  constexpr std::size_t kMost = 400;
  const std::string all = text();
  return base::printable(
      std::string_view(all).substr(0, kMost).substr(0, all.find('\n')));
}

void StandardErrorHeld::restore() {
  if (saved_ < 0) return;
  std::fflush(stderr);
  dup2(saved_, STDERR_FILENO);
  close(std::exchange(saved_, -1));
}

LogHeld::LogHeld(ub_ctx* context)
    : context_(context), stream_(open_memstream(&text_, &size_)) {
  ub_ctx_debugout(context_, stream_);
}

LogHeld::~LogHeld() {
  ub_ctx_debugout(context_, nullptr);
  if (stream_ != nullptr) std::fclose(stream_);
  std::free(text_);  // NOLINT(cppcoreguidelines-no-malloc): the stream allocated it
}

std::string LogHeld::text() {
  if (stream_ == nullptr) return {};
  std::fflush(stream_);
  return text_ == nullptr ? std::string() : std::string(text_, size_);
}

std::string LogHeld::first_error() {
  const std::string all = text();
  std::string_view log = all;
  constexpr std::string_view kMark = "error: ";
  const std::size_t at = log.find(kMark);
  if (at == std::string_view::npos) return {};
  log.remove_prefix(at + kMark.size());
  return base::printable(log.substr(0, log.find('\n')));
}

}  // namespace resolver
