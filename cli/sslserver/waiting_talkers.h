#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "src/io/descriptor.h"
#include "src/server/listening_socket.h"

namespace cli::sslserver {

/// Talkers that were forked before there was a connection for them (--prefork): a client
/// does not wait for a fork. Each serves one connection, as the others do.
class WaitingTalkers {
 public:
  /// One more, that waits at the other end of `talk`.
  void add(pid_t pid, io::Descriptor talk) { waiting_.push_back({pid, std::move(talk)}); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  /// Gives the connection to one of them: its process; nothing if none is there.
  [[nodiscard]] std::optional<pid_t> hand_over(const server::Accepted& client);
  /// Lets all of them end: what they were forked with is no longer what holds.
  void dismiss() { waiting_.clear(); }
  /// That process has ended.
  void forget(pid_t pid);

 private:
  struct Waiting {
    pid_t pid;
    io::Descriptor talk;
  };
  std::vector<Waiting> waiting_;
};

/// Waits for its connection in a talker; nothing if there will be none.
[[nodiscard]] std::optional<server::Accepted> wait_for_client(const io::Descriptor& talk);

}  // namespace cli::sslserver
