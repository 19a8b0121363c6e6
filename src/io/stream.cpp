#include "src/io/stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <cerrno>

// Deadlines. A loop that was kept from running (the process was stopped, a neighbour
// computed) finds a timer that has run out and data that came long before, both at once.
// The timer's word alone would make the peer silent. So the descriptor is asked once more
// when time is up, and what lies there is taken; the Clock moves the deadline by what the
// loop missed for what has yet to come. Both have a bound: a peer that sends without end
// must not live on that (kMostBeyond), and a talk that never waits lets the loop run
// (in_time), since the Clock would stand still for it.
namespace io {
namespace {

constexpr unsigned kMostBeyond = 64;  // reads of what had arrived in time

/// Whether a read (a write) would not block, without waiting.
bool is_ready(int fd, asio::posix::stream_descriptor::wait_type type) {
  const bool reads = type == asio::posix::stream_descriptor::wait_read;
  pollfd one{fd, static_cast<short>(reads ? POLLIN : POLLOUT), 0};
  return poll(&one, 1, 0) > 0;
}

tl::unexpected<base::Error> failed(std::string_view doing, int error) {
  return base::fail(base::ErrorKind::temporary, base::Code::io,
                    std::string(doing) + ": " + base::system_message(error));
}

tl::unexpected<base::Error> timed_out(std::string_view doing) {
  return base::fail(base::ErrorKind::temporary, base::Code::timeout,
                    std::string(doing) + ": timed out");
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Stream::Stream(Loop& loop, Descriptor descriptor)
    : descriptor_(std::move(descriptor)),
      waiter_(loop),
      timer_(loop),
      pulse_(Pulse::of(loop)) {
  asio::error_code ignored;  // a descriptor that epoll does not take is never ready
  waiter_.assign(descriptor_.get(), ignored);
}

Stream::~Stream() {
  if (waiter_.is_open()) waiter_.release();
}

Descriptor Stream::release() {
  if (waiter_.is_open()) waiter_.release();
  return std::move(descriptor_);
}

Task<bool> Stream::wait(asio::posix::stream_descriptor::wait_type type,
                        TimePoint deadline) {
  const Pulse::Hold hold(pulse_);
  bool expired = false;
  timer_.expires_at(deadline);
  timer_.async_wait([this, &expired](const asio::error_code& error) {
    if (error) return;
    expired = true;
    asio::error_code ignored;
    waiter_.cancel(ignored);
  });
  asio::error_code error;
  co_await waiter_.async_wait(type, asio::redirect_error(kResume, error));
  // The timer's handler may be queued already: let it run before `expired` is gone.
  if (timer_.cancel() == 0 && !expired) {
    co_await asio::post(timer_.get_executor(), kResume);
  }
  co_return !expired || (is_ready(fd(), type) && may_go_on(deadline));
}

bool Stream::may_go_on(TimePoint deadline) {
  if (Clock::now() < deadline + Clock::kUncounted) return true;
  if (passed_ != deadline) beyond_ = 0;
  passed_ = deadline;
  return ++beyond_ <= kMostBeyond;
}

Task<bool> Stream::in_time(TimePoint deadline) {
  if (Clock::is_behind()) co_await catch_up();
  co_return may_go_on(deadline);
}

Task<bool> Stream::readable(TimePoint deadline) {
  return wait(asio::posix::stream_descriptor::wait_read, deadline);
}

Task<bool> Stream::writable(TimePoint deadline) {
  return wait(asio::posix::stream_descriptor::wait_write, deadline);
}

Task<base::Result<std::string>> Stream::read_some(std::size_t limit, TimePoint deadline) {
  std::string buffer(limit, '\0');
  for (;;) {
    // A peer that never stops talking is never waited for: its time is up all the same.
    if (!co_await in_time(deadline)) co_return timed_out("read");
    const ssize_t n = ::read(fd(), buffer.data(), buffer.size());
    if (n >= 0) {
      buffer.resize(static_cast<std::size_t>(n));
      co_return buffer;
    }
    if (errno == EINTR) continue;
    if (!would_block(errno)) co_return failed("read", errno);
    if (!co_await readable(deadline)) co_return timed_out("read");
  }
}

Task<base::Result<void>> Stream::write_all(std::string data, TimePoint deadline) {
  std::string_view rest = data;
  while (!rest.empty()) {
    if (!co_await in_time(deadline)) co_return timed_out("write");
    const ssize_t n = ::send(fd(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      if (!would_block(errno)) co_return failed("write", errno);
      if (!co_await writable(deadline)) co_return timed_out("write");
    }
  }
  co_return base::Result<void>();
}

}  // namespace io
