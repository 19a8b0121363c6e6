#pragma once

namespace relay {

/// Keeps what is sent next for the packet that `linger` ends the connection with.
void cork(int socket);

/// Shuts our direction of the socket down and lets the peer read all that was sent, for
/// two seconds at most: closing a socket with unread data resets the connection and may
/// take the last words with it. What still comes is thrown away.
void linger(int socket);

}  // namespace relay
