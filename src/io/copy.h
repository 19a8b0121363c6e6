#pragma once

namespace io {

/// How a copy ended: an `errno` of reading or of writing, or neither at end-of-file.
struct CopyEnd {
  int read_error = 0;
  int write_error = 0;
};

/// Copies from one descriptor to another until the first has no more or the second takes
/// none. It waits where it has to, whether they are blocking or not, and leaves their
/// flags, which other processes may share, as they are.
[[nodiscard]] CopyEnd copy_all(int from, int to);

}  // namespace io
