#pragma once

#include <chrono>
#include <optional>

#include "src/base/error.h"

namespace relay {

/// An end of the peer other than close_notify, before it is known what it means.
///
/// A program that has heard all it wants ends, and the kernel closes its descriptors one
/// after the other, in an order of its own, some time before its status is known. A peer
/// that hangs up just then, as many servers do behind their last word, has cut nothing
/// off. So the program is not told of a cut at once: only one that has taken all that
/// came, and then does not end by itself for a while, gets end-of-file, and that is the
/// failure. Whether the peer's FIN or the program's end comes first does not matter then.
struct Cut {
  base::Error error;
  /// When the program is told; set once all that came has been taken.
  std::optional<std::chrono::steady_clock::time_point> until;
};

/// How long a program that has taken all is given to end by itself.
inline constexpr std::chrono::milliseconds kGrace{1000};

/// FIN without close_notify (RFC 8446 6.1). Kind `temporary`, code `truncated`.
[[nodiscard]] base::Error truncation();

/// Whether nothing waits in the pipe that `fd` writes to; true for what is none.
[[nodiscard]] bool is_drained(int fd);

}  // namespace relay
