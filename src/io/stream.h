#pragma once

#include <asio/posix/stream_descriptor.hpp>

#include "src/base/error.h"
#include "src/io/descriptor.h"
#include "src/io/loop.h"
#include "src/io/pulse.h"

namespace io {

/// A non-blocking descriptor whose readiness can be awaited on a loop, with deadlines.
class Stream {
 public:
  /// Takes the descriptor, which must be non-blocking already.
  Stream(Loop& loop, Descriptor descriptor);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] int fd() const { return descriptor_.get(); }
  /// Gives the descriptor back, off the loop.
  [[nodiscard]] Descriptor release();

  /// Waits until a read (a write) would not block; false when `deadline` comes first.
  /// What has arrived when it comes counts: that we look late is no fault of the peer.
  [[nodiscard]] Task<bool> readable(TimePoint deadline);
  [[nodiscard]] Task<bool> writable(TimePoint deadline);
  /// Whether there is time left for a peer that need not be waited for; lets the loop run
  /// where it has not for long. Some of what arrived before `deadline` may be read after
  /// it, but a peer that never stops talking gets no time by that.
  [[nodiscard]] Task<bool> in_time(TimePoint deadline);

  /// At least one octet, at most `limit`; empty at the end of the stream. Errors, kind
  /// `temporary`: codes `timeout`, `io`.
  [[nodiscard]] Task<base::Result<std::string>> read_some(std::size_t limit,
                                                          TimePoint deadline);
  /// Writes all of `data`. Errors as above.
  [[nodiscard]] Task<base::Result<void>> write_all(std::string data, TimePoint deadline);

 private:
  Task<bool> wait(asio::posix::stream_descriptor::wait_type type, TimePoint deadline);
  /// Whether what is there may be taken.
  [[nodiscard]] bool may_go_on(TimePoint deadline);

  Descriptor descriptor_;
  asio::posix::stream_descriptor waiter_;
  Timer timer_;
  Pulse& pulse_;
  TimePoint passed_;     // the last deadline that came while something was there
  unsigned beyond_ = 0;  // how often it was let pass
};

}  // namespace io
