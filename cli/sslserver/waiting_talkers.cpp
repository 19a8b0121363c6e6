#include "cli/sslserver/waiting_talkers.h"

#include "src/io/pass_descriptor.h"
#include "src/io/socket_address.h"

namespace cli::sslserver {

std::optional<pid_t> WaitingTalkers::hand_over(const server::Accepted& client) {
  while (!waiting_.empty()) {
    const Waiting one = std::move(waiting_.back());
    waiting_.pop_back();
    if (io::send_descriptor(one.talk.get(), client.socket.get())) return one.pid;
  }
  return std::nullopt;
}

void WaitingTalkers::forget(pid_t pid) {
  std::erase_if(waiting_, [&](const Waiting& one) { return one.pid == pid; });
}

std::optional<server::Accepted> wait_for_client(const io::Descriptor& talk) {
  server::Accepted out;
  if (io::receive_descriptor(talk.get(), io::Patience::wait, out.socket) !=
      io::Arrival::descriptor) {
    return std::nullopt;
  }
  out.local = io::local_endpoint(out.socket.get());
  const auto peer = io::peer_endpoint(out.socket.get());
  if (!peer) return std::nullopt;  // the client has gone
  out.remote = *peer;
  return out;
}

}  // namespace cli::sslserver
