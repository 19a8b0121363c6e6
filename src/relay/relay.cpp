// How a connection may end, and what of that is a failure.
//
// The program behind us speaks a protocol that may have no ends of its own (a message
// ends where the connection does), so it believes ours. RFC 8446 6.1 is about that: a FIN
// can be forged by anybody on the way, close_notify cannot. A cut must never look like an
// end, or half a message is taken for a whole one. And yet many honest servers hang up
// behind their last word without close_notify, and a program that has said QUIT and read
// its answer does not care: were that a failure, a delivery that was made would be made
// again.
//
// What tells the two apart is the program. So a cut, or a failure of the peer, is kept
// (cut.h) until the program has read all that came before it. One that ends by itself
// then lost nothing; one that goes on listening for `Options::grace` wanted more: it gets
// its end-of-file, and the relay has failed. Its descriptors close one after the other,
// in no order that is ours, so that the peer's end may always fall in between.
//
// What was read before a failure is delivered before the failure is told, in both
// directions, for a mail server's last word often says why it hangs up. For the same
// reason a good end waits for the peer to read our last words (linger.h): closing a
// socket with unread data makes the kernel send a reset, which takes words away that were
// on their way.
//
// Each direction has its own buffer and stops by itself where its reader does not read:
// two programs that both write before they read block each other only as much as they
// would on one machine. No more is encrypted than `kUnsentLimit`, so that a peer that
// does not read costs no memory.
//
// The end-of-file of our own program does not say by itself that it has said all: one
// that was killed in the middle of a word, or failed without any, must not look to the
// peer like one that had nothing more to say. The kernel closes its descriptors a moment
// before it tells how it ended, so close_notify waits for that moment, and is not said
// where the words were cut off (leaving.h).
//
// When nothing moves for `Options::idle`, a write that is stuck has failed. A program
// that may still speak is told by end-of-file, has as much time once more to say its last
// words, and is given up after that; a silent pair never keeps a slot of a mail server
// for ever.
#include "src/relay/relay.h"

#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <memory>

#include "src/relay/elastic_pipe.h"
#include "src/relay/leaving.h"
#include "src/relay/linger.h"

namespace relay {
namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBuffer = 128 * 1024;
constexpr std::size_t kUnsentLimit = 128 * 1024;  // no more is encrypted than this
constexpr std::chrono::milliseconds kLook{20};    // no event says that a pipe is empty
constexpr std::chrono::seconds kRest{1};          // then a silent pair gives memory back

class Relay {
 public:
  Relay(tls::Session& session, Ends ends, const Options& options)
      : session_(session), ends_(std::move(ends)), options_(options) {
    to_child_pipe_.prepare(ends_.to_child.get());
    from_child_pipe_.prepare(ends_.from_child.get());
  }

  Ending run() {
    pump();
    ends_.to_child.reset();
    ends_.from_child.reset();
    if (!ending_.failure) linger(ends_.socket.get());
    shutdown(ends_.socket.get(), SHUT_RDWR);
    return std::move(ending_);
  }

 private:
  [[nodiscard]] bool hearing() const { return !peer_closed_; }
  [[nodiscard]] bool speaking() const { return static_cast<bool>(ends_.from_child); }
  [[nodiscard]] bool pending() const { return begin_ < end_; }

  /// Whether words of the child wait to be sent, not only our close_notify.
  [[nodiscard]] bool words_unsent() const { return session_.unsent() > goodbye_size_; }

  [[nodiscard]] bool finished() const {
    if (stalled_) return true;
    if (speaking() || leaving_ || session_.unsent() > 0) return false;
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
      moved = settle_last_word() || moved;
      moved = settle_cut() || moved;
      moved = follow_peer() || moved;
      if (moved) {
        progressed_ = true;
      } else {
        wait();
      }
    }
  }

  /// The first failure is the one that is told; what follows from it is not.
  void fail(base::Error error) {
    if (!ending_.failure) ending_.failure = std::move(error);
  }
  void remark(base::Error error) {
    if (!ending_.remark) ending_.remark = std::move(error);
  }

  /// Nothing more can be said to the peer.
  void stop_speaking() {
    ends_.from_child.reset();
    session_.discard_unsent();
  }

  // Each step moves what it can without blocking, and says whether it moved anything.

  // From the peer to the child.

  bool from_peer() {
    if (!hearing() || pending()) return false;
    if (!for_child_) for_child_ = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
    begin_ = 0;
    end_ = 0;
    while (end_ < kBuffer && hearing()) {
      const tls::ReadResult got = session_.read(
          ends_.socket.get(), std::span(for_child_.get() + end_, kBuffer - end_));
      if (got.state == tls::ReadState::wait) break;
      if (got.state == tls::ReadState::data) {
        end_ += got.size;
      } else {
        peer_ended(got);
      }
    }
    close_six_at_the_end();
    return pending() || !hearing();
  }

  /// End-of-file for the child, once it has all and the peer has said that this is all.
  void close_six_at_the_end() {
    if (!hearing() && !pending() && !cut_) ends_.to_child.reset();
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
    broken_ = got.state == tls::ReadState::failed;
    if (broken_) {
      cut_ = Cut{got.error, std::nullopt};
    } else if (got.state == tls::ReadState::truncated &&
               options_.truncation == Truncation::error) {
      cut_ = Cut{truncation(), std::nullopt};
    }
  }

  /// Whether the child has read all that came.
  [[nodiscard]] bool all_taken() const {
    return !pending() && (!ends_.to_child || is_drained(ends_.to_child.get()));
  }

  /// Decides about a cut when it can be decided; says whether it was.
  bool settle_cut() {
    if (!cut_) return false;
    drop_listener_if_gone();
    if (broken_ && words_unsent()) {
      fail(cut_->error);
      stop_speaking();
    }
    if (!ends_.to_child && !(broken_ && speaking())) {
      cut_.reset();  // nobody was there for whom it could have cut something off
      return true;
    }
    if (!all_taken()) return false;
    if (!cut_->until) cut_->until = Clock::now() + options_.grace;
    if (Clock::now() < *cut_->until) return false;
    tell_cut();
    return true;
  }

  /// What it started may listen on when the program itself has ended, but its status
  /// stands.
  void tell_cut() {
    if (ends_.program.end()) {
      remark(cut_->error);
    } else {
      fail(cut_->error);
    }
    cut_.reset();
    ends_.to_child.reset();
    if (broken_) stop_speaking();
  }

  bool to_child() {
    if (!pending()) return false;
    if (!ends_.to_child) {  // nobody reads it; the peer must not block on that
      begin_ = end_;
      return true;
    }
    const ssize_t n =
        ::write(ends_.to_child.get(), for_child_.get() + begin_, end_ - begin_);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n < 0) {  // the child closed 6
      ends_.to_child.reset();
      return true;
    }
    begin_ += static_cast<std::size_t>(n);
    to_child_pipe_.carried(n);
    close_six_at_the_end();
    return true;
  }

  // From the child to the peer.

  bool from_child() {
    if (!speaking() || session_.unsent() >= kUnsentLimit) return false;
    if (!for_peer_) for_peer_ = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
    const ssize_t n = ::read(ends_.from_child.get(), for_peer_.get(), kBuffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) {
      ends_.from_child.reset();
      leaving_.emplace(ends_.program);
      return true;
    }
    from_child_pipe_.carried(n);
    has_spoken_ = true;
    if (broken_) {
      fail(cut_->error);
      stop_speaking();
      return true;
    }
    const auto written =
        session_.write(base::ByteView(for_peer_.get(), static_cast<std::size_t>(n)));
    if (!written) {
      fail(written.error());
      peer_closed_ = true;
      stop_speaking();
      close_six_at_the_end();
    }
    return true;
  }

  /// What the child's end-of-file on 7 means, when that is known; says whether it was.
  bool settle_last_word() {
    if (!leaving_ || leaving_->is_unknown()) return false;
    const bool is_whole = leaving_->are_words_whole(has_spoken_);
    leaving_.reset();
    if (!is_whole) {
      ends_.to_child.reset();
    } else if (!broken_) {
      drop_listener_if_gone();
      if (!ends_.to_child) cork(ends_.socket.get());
      say_goodbye();
    }
    return true;
  }

  /// Where the peer's end is ours too: the last words go out, and no more are read.
  bool follow_peer() {
    const bool is_over = !hearing() && !pending() && !cut_;
    if (options_.after_peer_close == AfterPeerClose::speak_on || !is_over ||
        !speaking()) {
      return false;
    }
    ends_.from_child.reset();
    if (!broken_) say_goodbye();
    return true;
  }

  void say_goodbye() {
    const std::size_t before = session_.unsent();
    session_.close_notify();
    goodbye_size_ = session_.unsent() - before;
  }

  bool to_peer() {
    const std::size_t before = session_.unsent();
    if (before == 0) return false;
    if (auto sent = session_.flush(ends_.socket.get()); !sent) {
      // The peer may still be heard: what it said before it went is not lost. Our
      // close_notify is no loss to a peer that has gone.
      if (words_unsent()) fail(sent.error());
      stop_speaking();
      return true;
    }
    return session_.unsent() < before;
  }

  // Waiting.

  void wait() {
    if (progressed_) {
      last_progress_ = Clock::now();
      is_resting_ = false;
    }
    progressed_ = false;
    const short socket_events = static_cast<short>(
        (hearing() && !pending() ? POLLIN : 0) | (session_.unsent() > 0 ? POLLOUT : 0));
    const bool may_read = speaking() && session_.unsent() < kUnsentLimit;
    std::array<pollfd, 4> fds = {{
        {socket_events != 0 ? ends_.socket.get() : -1, socket_events, 0},
        // Always watched: POLLERR says that the child closed 6.
        {ends_.to_child.get(), static_cast<short>(pending() ? POLLOUT : 0), 0},
        {may_read ? ends_.from_child.get() : -1, POLLIN, 0},
        {leaving_ ? leaving_->event() : -1, POLLIN, 0},
    }};
    bool ready = poll(fds.data(), fds.size(), milliseconds_to_wait()) != 0;
    if (!ready && !is_resting_ && last_progress_ + kRest <= Clock::now()) {
      rest();
      ready = poll(fds.data(), fds.size(), milliseconds_to_wait()) != 0;
    }
    if (!ready && last_progress_ + options_.idle <= Clock::now()) idle();
    if ((fds[1].revents & POLLERR) != 0) ends_.to_child.reset();
  }

  [[nodiscard]] int milliseconds_to_wait() const {
    auto until = last_progress_ + options_.idle;
    if (!is_resting_) until = std::min(until, last_progress_ + kRest);
    if (leaving_) until = std::min(until, leaving_->until());
    if (cut_) until = std::min(until, cut_->until.value_or(Clock::now() + kLook));
    const auto remaining =
        std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    return static_cast<int>(
        std::clamp<long>(remaining.count(), 0, std::numeric_limits<int>::max()));
  }

  /// Most connections of a mail server are silent most of the time, and each has a
  /// process of its own: what the handshake and the last words needed goes back to the
  /// system.
  void rest() {
    is_resting_ = true;
    if (!pending()) for_child_.reset();
    for_peer_.reset();
    malloc_trim(0);
  }

  /// Nothing moved for the whole of -w. A write that is stuck is a failure. A child that
  /// may still speak gets end-of-file and one more such time; for one that has said all,
  /// that was the end. Its status counts, as in ucspi-ssl.
  void idle() {
    const base::Error error{ErrorKind::temporary, base::Code::timeout,
                            "nothing was sent or received for too long"};
    const bool stuck = pending() || session_.unsent() > 0;
    if (cut_ && !stuck) {
      tell_cut();
    } else if (stuck || (speaking() && idle_before_)) {
      fail(error);
      stalled_ = true;
    } else {
      remark(error);
      peer_closed_ = true;
      ends_.to_child.reset();
      idle_before_ = true;
      stalled_ = !speaking();
    }
    last_progress_ = Clock::now();
  }

  tls::Session& session_;
  Ends ends_;
  Options options_;
  ElasticPipe to_child_pipe_;
  ElasticPipe from_child_pipe_;
  std::unique_ptr<std::byte[]> for_child_;  // plaintext
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::unique_ptr<std::byte[]> for_peer_;  // plaintext
  std::size_t goodbye_size_ = 0;           // of our close_notify, behind all words
  bool peer_closed_ = false;  // its close_notify, its FIN, or its failure was read
  bool broken_ = false;       // the peer's failure: the session cannot be used any more
  bool stalled_ = false;      // idle for too long, or a write that never ended
  bool idle_before_ = false;
  bool progressed_ = true;
  bool is_resting_ = false;
  bool has_spoken_ = false;         // the child
  std::optional<Leaving> leaving_;  // between the child's end-of-file and its meaning
  std::optional<Cut> cut_;
  Ending ending_;
  Clock::time_point last_progress_;
};

}  // namespace

Ending run(tls::Session& session, Ends ends, const Options& options) {
  return Relay(session, std::move(ends), options).run();
}

}  // namespace relay
