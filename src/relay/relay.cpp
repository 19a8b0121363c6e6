#include "src/relay/relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <memory>

namespace relay {
namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBuffer = 128 * 1024;
constexpr std::size_t kUnsentLimit = 128 * 1024;  // no more is encrypted than this
constexpr int kPipeSize = 1024 * 1024;            // the kernel's limit for everybody
constexpr std::chrono::milliseconds kLinger{2000};

void prepare_pipe(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  fcntl(fd, F_SETPIPE_SZ, kPipeSize);  // only faster, so a refusal does not matter
}

class Relay {
 public:
  Relay(tls::Session& session, Ends ends, const Options& options)
      : session_(session), ends_(std::move(ends)), options_(options) {
    prepare_pipe(ends_.to_child.get());
    prepare_pipe(ends_.from_child.get());
  }

  base::Result<void> run() {
    pump();
    const bool said_nothing_yet = speaking();  // no close_notify so far
    ends_.to_child.reset();
    ends_.from_child.reset();
    if (!failure_) {
      linger();
    } else if (said_nothing_yet) {
      session_.close_notify();  // a courtesy
      (void)session_.flush(ends_.socket.get());
    }
    shutdown(ends_.socket.get(), SHUT_RDWR);
    if (failure_) return tl::unexpected(*failure_);
    return {};
  }

 private:
  [[nodiscard]] bool hearing() const { return !peer_closed_; }
  [[nodiscard]] bool speaking() const { return static_cast<bool>(ends_.from_child); }
  [[nodiscard]] bool pending() const { return begin_ < end_; }

  [[nodiscard]] bool finished() const {
    if (stalled_) return true;
    if (broken_) return !pending();
    if (speaking() || session_.unsent() > 0) return false;
    if (!ends_.to_child) return true;  // nobody listens any more
    return options_.after_close == AfterClose::hang_up;
  }

  void pump() {
    last_progress_ = Clock::now();
    while (!finished()) {
      bool moved = from_peer();
      moved = to_child() || moved;
      moved = from_child() || moved;
      moved = to_peer() || moved;
      if (moved) {
        progressed_ = true;
      } else {
        wait();
      }
    }
  }

  /// The first failure is the one that is told; what follows from it is not.
  void fail(base::Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  /// Nothing more can be heard from the peer or said to it. What came is still delivered.
  void break_off(base::Error error) {
    fail(std::move(error));
    broken_ = true;
    peer_closed_ = true;
    ends_.from_child.reset();
    session_.discard_unsent();
  }

  // Each step moves what it can without blocking, and says whether it moved anything.

  // --- peer to child

  bool from_peer() {
    if (!hearing() || pending()) return false;
    if (!left_) left_ = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
    begin_ = 0;
    end_ = 0;
    while (end_ < kBuffer && hearing()) {
      const tls::ReadResult got = session_.read(
          ends_.socket.get(), std::span(left_.get() + end_, kBuffer - end_));
      if (got.state == tls::ReadState::wait) break;
      if (got.state == tls::ReadState::data) {
        end_ += got.size;
      } else {
        peer_ended(got);
      }
    }
    if (!hearing() && !pending()) ends_.to_child.reset();
    return pending() || !hearing();
  }

  /// A child that has ended has closed 6, and nothing was cut off for it.
  void drop_listener_if_gone() {
    pollfd listener{ends_.to_child.get(), 0, 0};
    if (poll(&listener, 1, 0) > 0 && (listener.revents & POLLERR) != 0) {
      ends_.to_child.reset();
    }
  }

  void peer_ended(const tls::ReadResult& got) {
    peer_closed_ = true;
    drop_listener_if_gone();
    const bool heard_by_somebody = static_cast<bool>(ends_.to_child);
    if (got.state == tls::ReadState::failed) {
      if (heard_by_somebody || speaking()) break_off(got.error);
    } else if (got.state == tls::ReadState::truncated && heard_by_somebody &&
               options_.truncation == Truncation::error) {
      fail({ErrorKind::temporary, "truncated",
            "the peer closed the connection without close_notify: what it sent may be "
            "cut off"});
    }
  }

  bool to_child() {
    if (!pending()) return false;
    if (!ends_.to_child) {  // nobody reads it; the peer must not block on that
      begin_ = end_;
      return true;
    }
    const ssize_t n = ::write(ends_.to_child.get(), left_.get() + begin_, end_ - begin_);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n < 0) {  // the child closed 6
      ends_.to_child.reset();
      return true;
    }
    begin_ += static_cast<std::size_t>(n);
    if (!pending() && !hearing()) ends_.to_child.reset();
    return true;
  }

  // --- child to peer

  bool from_child() {
    if (!speaking() || session_.unsent() >= kUnsentLimit) return false;
    if (!right_) right_ = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
    const ssize_t n = ::read(ends_.from_child.get(), right_.get(), kBuffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) {
      ends_.from_child.reset();
      session_.close_notify();
      return true;
    }
    const auto written =
        session_.write(base::ByteView(right_.get(), static_cast<std::size_t>(n)));
    if (!written) break_off(written.error());
    return true;
  }

  bool to_peer() {
    const std::size_t before = session_.unsent();
    if (before == 0) return false;
    if (auto sent = session_.flush(ends_.socket.get()); !sent) {
      // The peer may still be heard: what it said before it went is not lost. A peer that
      // closed first and does not want our close_notify has lost nothing.
      if (speaking() || !peer_closed_) fail(sent.error());
      ends_.from_child.reset();
      session_.discard_unsent();
      return true;
    }
    return session_.unsent() < before;
  }

  // --- waiting
  // ---------------------------------------------------------------------------

  void wait() {
    if (progressed_) last_progress_ = Clock::now();
    progressed_ = false;
    const short socket_events = static_cast<short>(
        (hearing() && !pending() ? POLLIN : 0) | (session_.unsent() > 0 ? POLLOUT : 0));
    const bool may_read = speaking() && session_.unsent() < kUnsentLimit;
    std::array<pollfd, 3> fds = {{
        {socket_events != 0 ? ends_.socket.get() : -1, socket_events, 0},
        // Always watched: POLLERR says that the child closed 6.
        {ends_.to_child.get(), static_cast<short>(pending() ? POLLOUT : 0), 0},
        {may_read ? ends_.from_child.get() : -1, POLLIN, 0},
    }};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        last_progress_ + options_.idle - Clock::now());
    const long limit = std::clamp<long>(left.count(), 0, std::numeric_limits<int>::max());
    const int ready = poll(fds.data(), fds.size(), static_cast<int>(limit));
    if (ready == 0) idle();
    if ((fds[1].revents & POLLERR) != 0) ends_.to_child.reset();
  }

  /// Nothing moved for the whole of -w. A child that may still speak gets end-of-file and
  /// one more period; otherwise, or when a write is stuck, that was all.
  void idle() {
    const bool first = !failure_ || failure_->code != "timeout";
    fail({ErrorKind::temporary, "timeout", "nothing was sent or received for too long"});
    if (first && speaking() && !pending() && session_.unsent() == 0) {
      peer_closed_ = true;
      ends_.to_child.reset();
      last_progress_ = Clock::now();
    } else {
      stalled_ = true;
    }
  }

  /// Lets the peer read all that was sent: closing a socket with unread data resets the
  /// connection and may take the last words with it.
  void linger() {
    shutdown(ends_.socket.get(), SHUT_WR);
    const auto until = Clock::now() + kLinger;
    std::array<std::byte, 4096> scrap{};
    for (;;) {
      const ssize_t n = recv(ends_.socket.get(), scrap.data(), scrap.size(), 0);
      if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return;
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
      pollfd fd{ends_.socket.get(), POLLIN, 0};
      if (left.count() <= 0) return;
      if (n < 0 && poll(&fd, 1, static_cast<int>(left.count())) == 0) return;
    }
  }

  tls::Session& session_;
  Ends ends_;
  Options options_;
  std::unique_ptr<std::byte[]> left_;  // plaintext on its way to the child
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<std::byte[]> right_;  // plaintext on its way to the peer
  bool peer_closed_ = false;  // its close_notify, its FIN, or its failure was read
  bool broken_ = false;       // the session cannot be used any more
  bool stalled_ = false;      // idle for too long, or a write that never ended
  bool progressed_ = true;
  std::optional<base::Error> failure_;
  Clock::time_point last_progress_;
};

}  // namespace

base::Result<void> run(tls::Session& session, Ends ends, const Options& options) {
  return Relay(session, std::move(ends), options).run();
}

}  // namespace relay
