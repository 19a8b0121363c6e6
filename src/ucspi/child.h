#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "src/io/descriptor.h"
#include "src/relay/watched_program.h"

namespace ucspi {

/// The two descriptors on which a program has its peer.
struct PeerDescriptors {
  int read;   ///< the program reads from the peer here
  int write;  ///< it writes to the peer here
};
/// The program of a UCSPI client has them beside its own standard input and output.
inline constexpr PeerDescriptors kClientDescriptors{6, 7};
/// The program of a UCSPI server has no others.
inline constexpr PeerDescriptors kServerDescriptors{0, 1};

/// Descriptors of ours that the program gets: ours first, its number second.
using DescriptorMap = std::vector<std::pair<int, int>>;

/// Starts a program, searched in PATH unless its name has a slash, with SIGPIPE as it
/// comes, and the limit of core dumps that we were started with. Error kind `temporary`,
/// code `exec`, when it cannot be started.
[[nodiscard]] base::Result<pid_t> spawn(const std::vector<std::string>& argv,
                                        const std::vector<std::string>& environment,
                                        const DescriptorMap& descriptors);

/// Becomes a program instead of starting one, as `spawn` does. Returns only when it
/// cannot: error kind `temporary`, code `exec`.
[[nodiscard]] base::Error become_program(const std::vector<std::string>& argv,
                                         const std::vector<std::string>& environment,
                                         const DescriptorMap& descriptors);

/// A program that runs, and our ends of the pipes between us.
struct Program {
  relay::WatchedProgram process;
  io::Descriptor to_child;
  io::Descriptor from_child;
};

/// Starts a program whose descriptor `peer.read` comes from us and whose `peer.write`
/// goes to us, with what `more` gives it besides. Errors: those of `io::make_pipe` and
/// `spawn`.
[[nodiscard]] base::Result<Program> spawn_on_pipes(
    const std::vector<std::string>& argv, const std::vector<std::string>& environment,
    PeerDescriptors peer, DescriptorMap more = {});

/// Waits for the program, without limit: its exit status, or as an Error of kind
/// `temporary`, code `killed`, the signal that ended it.
[[nodiscard]] base::Result<int> wait_for(pid_t pid);

}  // namespace ucspi
