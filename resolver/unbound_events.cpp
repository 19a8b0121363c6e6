#include "resolver/unbound_events.h"

#include <unbound-event.h>
#include <unbound.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "src/io/loop.h"

// The two structures below are libunbound's C classes: a magic number, a table of
// functions, and then what is ours. Semantics are libevent's: an event without
// UB_EV_PERSIST is gone once it fired, one with it stays, and its time-out starts anew.

namespace resolver {

struct LoopBase : ub_event_base {
  explicit LoopBase(asio::io_context& io);
  asio::io_context& loop;
};

namespace {

using Callback = void (*)(int, short, void*);

class Event : public ub_event, public std::enable_shared_from_this<Event> {
 public:
  Event(asio::io_context& loop, int fd, short bits, Callback callback, void* arg);

  void keep() { self_ = shared_from_this(); }
  void forget() {
    stop();
    self_.reset();
  }
  void set_bits(int bits) { bits_ = static_cast<short>(bits); }
  [[nodiscard]] short bits() const { return bits_; }
  void set_fd(int fd) { fd_ = fd; }
  void set_callback(Callback callback, void* arg) {
    callback_ = callback;
    arg_ = arg;
  }

  int start(const timeval* timeout) {
    stop();
    timeout_.reset();
    if (timeout != nullptr && (bits_ & UB_EV_TIMEOUT) != 0) {
      timeout_ = std::chrono::seconds(timeout->tv_sec) +
                 std::chrono::microseconds(timeout->tv_usec);
    }
    if (fd_ >= 0 && (bits_ & (UB_EV_READ | UB_EV_WRITE)) != 0) {
      asio::error_code error;
      descriptor_.assign(fd_, error);
      if (error) return -1;
    }
    wait_for_all();
    return 0;
  }

  int stop() {
    ++generation_;
    timer_.cancel();
    if (descriptor_.is_open()) {
      asio::error_code ignored;
      descriptor_.cancel(ignored);
      descriptor_.release();  // the descriptor is libunbound's to close
    }
    return 0;
  }

 private:
  void wait_for_all() {
    if (descriptor_.is_open()) {
      if ((bits_ & UB_EV_READ) != 0) {
        wait_for(asio::posix::stream_descriptor::wait_read, UB_EV_READ);
      }
      if ((bits_ & UB_EV_WRITE) != 0) {
        wait_for(asio::posix::stream_descriptor::wait_write, UB_EV_WRITE);
      }
    }
    wait_for_time();
  }

  void wait_for(asio::posix::stream_descriptor::wait_type type, short bit) {
    descriptor_.async_wait(type, [event = shared_from_this(), generation = generation_,
                                  type, bit](const asio::error_code& error) {
      if (error || generation != event->generation_) return;
      if (event->fire(bit)) {
        event->wait_for(type, bit);
        event->wait_for_time();
      }
    });
  }

  void wait_for_time() {
    if (!timeout_) return;
    auto over = [event = shared_from_this(),
                 generation = generation_](const asio::error_code& error) {
      if (error || generation != event->generation_) return;
      if (event->fire(UB_EV_TIMEOUT)) event->wait_for_time();
    };
    if (timeout_->count() == 0) {  // every query starts so; the kernel need not be asked
      asio::post(timer_.get_executor(),
                 [over = std::move(over)] { over(asio::error_code()); });
      return;
    }
    timer_.expires_after(*timeout_);
    timer_.async_wait(std::move(over));
  }

  /// Calls back; true when the event is still waiting as it was before.
  bool fire(short bit) {
    if ((bits_ & UB_EV_PERSIST) == 0) stop();
    const std::uint64_t before = generation_;
    callback_(fd_, bit, arg_);
    return (bits_ & UB_EV_PERSIST) != 0 && before == generation_;
  }

  asio::posix::stream_descriptor descriptor_;
  io::Timer timer_;
  int fd_;
  short bits_;
  Callback callback_;
  void* arg_;
  std::optional<std::chrono::microseconds> timeout_;
  std::uint64_t generation_ = 0;  // a wait of an older generation is void
  std::shared_ptr<Event> self_;   // waits in flight may outlive libunbound's interest
};

Event& ours(ub_event* event) { return *static_cast<Event*>(event); }

void add_bits(ub_event* event, short bits) noexcept {
  ours(event).set_bits(ours(event).bits() | bits);
}
void del_bits(ub_event* event, short bits) noexcept {
  ours(event).set_bits(ours(event).bits() & ~bits);
}
void set_fd(ub_event* event, int fd) noexcept { ours(event).set_fd(fd); }
void free_event(ub_event* event) noexcept { ours(event).forget(); }
int add(ub_event* event, timeval* timeout) noexcept { return ours(event).start(timeout); }
int del(ub_event* event) noexcept { return ours(event).stop(); }
int add_timer(ub_event* event, ub_event_base* /*base*/, Callback callback, void* arg,
              timeval* timeout) noexcept {
  ours(event).set_callback(callback, arg);
  ours(event).set_bits(UB_EV_TIMEOUT);
  return ours(event).start(timeout);
}
int no_signal(ub_event* /*event*/, timeval* /*timeout*/) noexcept { return -1; }
int no_signal_either(ub_event* /*event*/) noexcept { return -1; }
void no_windows(ub_event* /*event*/) noexcept {}
void no_windows_either(ub_event* /*event*/, int /*bits*/) noexcept {}

ub_event_vmt event_table = {
    add_bits,  del_bits, set_fd,    free_event,       add,        del,
    add_timer, del,      no_signal, no_signal_either, no_windows, no_windows_either};

Event::Event(asio::io_context& loop, int fd, short bits, Callback callback, void* arg)
    : ub_event{UB_EVENT_MAGIC, &event_table},
      descriptor_(loop),
      timer_(loop),
      fd_(fd),
      bits_(bits),
      callback_(callback),
      arg_(arg) {}

void free_base(ub_event_base* /*base*/) noexcept {}  // owned by UnboundEvents
// libunbound never turns a loop that it was lent.
int no_dispatch(ub_event_base* /*base*/) noexcept { return -1; }
int no_exit(ub_event_base* /*base*/, timeval* /*after*/) noexcept { return 0; }
ub_event* no_new_signal(ub_event_base* /*base*/, int /*fd*/, Callback /*callback*/,
                        void* /*arg*/) noexcept {
  return nullptr;
}
ub_event* no_new_windows(ub_event_base* /*base*/, void* /*event*/, Callback /*callback*/,
                         void* /*arg*/) noexcept {
  return nullptr;
}

ub_event* new_event(ub_event_base* base, int fd, short bits, Callback callback,
                    void* arg) noexcept {
  const auto event = std::make_shared<Event>(static_cast<LoopBase*>(base)->loop, fd, bits,
                                             callback, arg);
  event->keep();
  return event.get();
}

ub_event_base_vmt base_table = {free_base, no_dispatch,   no_exit,
                                new_event, no_new_signal, no_new_windows};

}  // namespace

LoopBase::LoopBase(asio::io_context& io)
    : ub_event_base{UB_EVENT_MAGIC, &base_table}, loop(io) {}

UnboundEvents::UnboundEvents(asio::io_context& loop)
    : base_(std::make_unique<LoopBase>(loop)) {}

UnboundEvents::~UnboundEvents() = default;

ub_event_base* UnboundEvents::base() { return base_.get(); }

}  // namespace resolver
