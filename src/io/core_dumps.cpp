#include "src/io/core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <optional>

namespace io {
namespace {

std::optional<rlimit> original;  // where we lowered it

/// Only the soft limit is ever lowered: it can be raised again without a privilege.
void set_soft(rlim_t soft) {
  rlimit limit = *original;
  limit.rlim_cur = soft;
  setrlimit(RLIMIT_CORE, &limit);
}

}  // namespace

void forbid_core_dumps() {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // also holds where dumps go to a program
  rlimit limit{};
  if (original || getrlimit(RLIMIT_CORE, &limit) != 0) return;
  original = limit;
  set_soft(0);
}

LentCoreLimit::LentCoreLimit() {
  if (original) set_soft(original->rlim_cur);
}

LentCoreLimit::~LentCoreLimit() {
  if (original) set_soft(0);
}

}  // namespace io
