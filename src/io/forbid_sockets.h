#pragma once

#include "src/io/landlock.h"

namespace io {

/// For the rest of the process and of its children, no socket is made: socket(2) and what
/// could stand for it is refused with EPERM, and so are programs for another processor's
/// calls. What is open stays open. Landlock guards files, and of the network TCP alone;
/// whoever takes a process over could speak to a database that listens on this machine.
/// By seccomp(2), for processors whose calls are known here: x86-64 and AArch64.
Confinement forbid_sockets();

}  // namespace io
