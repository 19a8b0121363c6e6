// src/keeper: the process that has a server's private keys, and what the others ask it.
//
// Whoever parses a stranger's octets may be taken over by them, and must not have what
// is worth most. So one process, the keeper, has the keys and does nothing but sign:
// keep() is its whole life. key_pair.h reads chains and keys, ticket_secret.h makes the
// keys of tickets, message.h is what is said on a channel, asking.h a talker's end of
// it. A talker gets one signature, of the kind that handshakes need (handshake_shape.h):
// whoever takes it over gets no more of the keys than the one connection that was
// accepted.
#pragma once

#include <vector>

#include "src/io/descriptor.h"
#include "src/tls/private_key.h"

namespace keeper {

/// Hands the keeper at the other end of `control` its end of the channel of one more
/// connection, and returns ours. It waits for nothing. Errors, kind `internal`: code
/// `socket`, and `closed` where the keeper has gone or does not come round to it.
[[nodiscard]] base::Result<io::Descriptor> open_channel(const io::Descriptor& control);

/// Answers on all channels that come by `control` until it has been closed and no channel
/// is left.
void keep(io::Descriptor control, std::vector<tls::PrivateKey> keys);

}  // namespace keeper
