#pragma once

#include <string>
#include <vector>

namespace io {

/// Which files a confined process may still read.
enum class FilesRead { all_but_hidden, nothing };

/// What a confined process may still do to files. Paths are followed through links.
struct FileRights {
  /// A directory whose contents cannot be read any more, though all beside it can; empty:
  /// all is readable.
  std::string hidden;
  std::vector<std::string> writable_files;  ///< read and written; those that are there
  /// Files in them are read, written, made, renamed and removed.
  std::vector<std::string> writable_directories;
  FilesRead reading = FilesRead::all_but_hidden;
};

/// What came of it.
enum class Confinement {
  in_force,
  not_there,  ///< the kernel has no Landlock, or it is switched off
};

/// Gives up, for the rest of the process, every right to files but those: nothing else is
/// written, made or executed, no device is controlled, and no process outside is sent a
/// signal. By Landlock, as far as the running kernel knows it (ABI 1 of Linux 5.13 and
/// later ones); what is open stays open. Whoever takes the process over by what a server
/// sends has little more than its connections.
Confinement confine(const FileRights& rights);

}  // namespace io
