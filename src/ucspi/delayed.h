#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "src/io/descriptor.h"
#include "src/ucspi/child.h"

namespace ucspi {

/// What the program asks for on the control descriptor of UCSPI-TLS.
enum class TlsCommand {
  none,       ///< it closed the descriptor: it never wants TLS
  start,      ///< `y`
  start_env,  ///< `Y`: it wants the variables too
};

/// The control descriptor's two ends (AF_UNIX stream): ours first, the program's second.
/// Error kind `internal`, code `socket`.
[[nodiscard]] base::Result<std::pair<io::Descriptor, io::Descriptor>> make_control();

/// Three descriptors that nobody above us left open for the program: 8, 9 and 5 if they
/// are free, since shells know descriptors of one digit only; then 4 and 3, then those
/// from 10 on.
[[nodiscard]] std::array<int, 3> free_descriptors();

/// A program that has the plain connection and may ask for TLS.
struct DelayedProgram {
  Program program;
  io::Descriptor control;
};

/// Starts a program with the plain connection `socket` on both descriptors of `peer`, and
/// with SSLCTLFD, SSLREADFD and SSLWRITEFD, which are `free_descriptors`, in its
/// environment; the pipes behind the latter two are for later.
[[nodiscard]] base::Result<DelayedProgram> spawn_delayed(
    const std::vector<std::string>& argv, std::vector<std::string> environment,
    int socket, PeerDescriptors peer);

/// Waits for one command. It blocks the whole process, without limit: until the program
/// has said its word there is nothing else to do. Error kind `permanent`, code
/// `bad_command`.
[[nodiscard]] base::Result<TlsCommand> read_command(int control);

/// Writes `NAME=value` NUL for each entry that starts with `SSL_` or `DANE_`, one NUL
/// more, and closes: a reader may wait for two NULs or for the end. A program that does
/// not read loses the rest.
void reply_variables(io::Descriptor control, const std::vector<std::string>& environment);

/// `reply_variables` in a thread of its own: a program that first talks to the peer and
/// reads its variables later would else hold up the talk that it waits for.
void reply_meanwhile(io::Descriptor control, std::vector<std::string> environment);

}  // namespace ucspi
