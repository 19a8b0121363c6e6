#include "src/tls/channel.h"

namespace tls {
namespace {

constexpr std::size_t kChunk = 16 * 1024;

tl::unexpected<base::Error> timed_out(std::string_view doing) {
  return base::fail(base::ErrorKind::temporary, base::Code::timeout,
                    std::string(doing) + ": timed out");
}

}  // namespace

io::Task<base::Result<std::string>> Channel::read(io::TimePoint deadline) {
  if (!session_) co_return co_await stream_.read_some(kChunk, deadline);
  std::string buffer(kChunk, '\0');
  for (;;) {
    if (!co_await stream_.in_time(deadline)) co_return timed_out("read");
    auto got = session_->read(stream_.fd(), std::as_writable_bytes(std::span(buffer)));
    switch (got.state) {
      case ReadState::data:
        buffer.resize(got.size);
        co_return buffer;
      case ReadState::truncated:
        truncated_ = true;
        [[fallthrough]];
      case ReadState::closed:
        co_return std::string();
      case ReadState::failed:
        co_return tl::unexpected(std::move(got.error));
      case ReadState::wait:
        break;
    }
    if (session_->unsent() > 0) {  // an answer of the TLS layer itself
      if (auto sent = session_->flush(stream_.fd()); !sent) {
        co_return tl::unexpected(sent.error());
      }
    }
    if (!co_await stream_.readable(deadline)) co_return timed_out("read");
  }
}

io::Task<base::Result<void>> Channel::write(std::string_view data,
                                            io::TimePoint deadline) {
  if (!session_) co_return co_await stream_.write_all(std::string(data), deadline);
  if (auto written = session_->write(base::as_bytes(data)); !written) co_return written;
  for (;;) {
    if (auto sent = session_->flush(stream_.fd()); !sent) co_return sent;
    if (session_->unsent() == 0) co_return base::Result<void>();
    if (!co_await stream_.writable(deadline)) {
      co_return timed_out("write");
    }
  }
}

void Channel::close() {
  if (!session_) return;
  session_->close_notify();
  (void)session_->flush(stream_.fd());
}

}  // namespace tls
