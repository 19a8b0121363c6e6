#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "src/io/descriptor.h"

namespace ucspi {

/// The descriptors of a UCSPI client: the program reads from the peer on 6 and writes to
/// it on 7.
inline constexpr int kFromPeer = 6;
inline constexpr int kToPeer = 7;

/// A pipe, both ends close-on-exec: `.first` is read from, `.second` written to.
/// Error kind `internal`, code `pipe`.
[[nodiscard]] base::Result<std::pair<io::Descriptor, io::Descriptor>> make_pipe();

/// Descriptors of ours that the program gets: ours first, its number second.
using DescriptorMap = std::vector<std::pair<int, int>>;

/// Starts a program, searched in PATH unless its name has a slash, with SIGPIPE as it
/// comes, and the limit of core dumps that we were started with. Error kind `temporary`,
/// code `exec`, when it cannot be started.
[[nodiscard]] base::Result<pid_t> spawn(const std::vector<std::string>& argv,
                                        const std::vector<std::string>& environment,
                                        const DescriptorMap& descriptors);

/// A program that runs, and our ends of the pipes between us.
struct Program {
  pid_t pid = 0;
  io::Descriptor to_child;
  io::Descriptor from_child;
};

/// Starts a program whose descriptor `read` comes from us and whose `write` goes to us,
/// with what `more` gives it besides. Errors: those of `make_pipe` and `spawn`.
[[nodiscard]] base::Result<Program> spawn_on_pipes(
    const std::vector<std::string>& argv, const std::vector<std::string>& environment,
    int read, int write, DescriptorMap more = {});

/// Waits for the program, without limit: its exit status, or as an Error of kind
/// `temporary`, code `killed`, the signal that ended it.
[[nodiscard]] base::Result<int> wait_for(pid_t pid);

}  // namespace ucspi
