#pragma once

#include "src/io/landlock.h"

namespace io {

/// For the rest of the process and of its children, no socket is made, connected, bound
/// or listened on, and no descriptor or memory is taken out of another process: all that
/// is refused with EPERM, and so is a call by another processor's numbers. What is open
/// stays open, but cannot be connected to somebody else (connect(2) with AF_UNSPEC, and
/// once more). Landlock guards files, and of the network TCP alone; whoever takes a
/// process over could speak to a database that listens on this machine. By seccomp(2),
/// for processors whose calls are known here: x86-64 and AArch64.
Confinement forbid_connections();

}  // namespace io
