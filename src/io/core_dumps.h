#pragma once

namespace io {

/// No core dump of this process from now on, and no look into it by others of its user:
/// called before a private key is read, since a dump would be a file with that key in it.
void forbid_core_dumps();

/// While it lives, a program that is started gets the limit of core dumps that we were
/// started with, whatever we forbade ourselves. (That we may not be dumped at all ends
/// with the exec of the program.)
class LentCoreLimit {
 public:
  LentCoreLimit();
  ~LentCoreLimit();
  LentCoreLimit(const LentCoreLimit&) = delete;
  LentCoreLimit& operator=(const LentCoreLimit&) = delete;
};

}  // namespace io
