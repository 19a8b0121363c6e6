#pragma once

namespace io {

/// Puts this process, which has one thread, into a network of its own in which there is
/// nothing but a loopback interface: nobody else can be reached or hears a word. As far
/// as the kernel lets a process without rights do that (user_namespaces(7)); else it
/// stays where it is. Whether a socket can be bound to a loopback address now.
[[nodiscard]] bool enter_own_network();

}  // namespace io
