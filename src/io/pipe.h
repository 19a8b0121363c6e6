#pragma once

#include <utility>

#include "src/base/error.h"
#include "src/io/descriptor.h"

namespace io {

/// A pipe, both ends close-on-exec: `.first` is read from, `.second` written to.
/// Error kind `internal`, code `pipe`.
[[nodiscard]] base::Result<std::pair<Descriptor, Descriptor>> make_pipe();

/// Two connected UNIX sockets of a type (SOCK_STREAM, SOCK_SEQPACKET), both
/// close-on-exec. Error kind `internal`, code `socket`.
[[nodiscard]] base::Result<std::pair<Descriptor, Descriptor>> make_socket_pair(int type);

}  // namespace io
