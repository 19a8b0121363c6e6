#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "src/evidence/bundle.h"
#include "src/evidence/trail.h"

namespace evidence {

/// What was told when questions were asked once more, past every cache.
struct TrailAgain {
  std::chrono::sys_seconds moment;
  std::shared_ptr<const Trail> trail;
};

/// Whether two answers of a bundle have the same records, their signatures and TTLs left
/// out, which are made anew all the time.
[[nodiscard]] bool same_records(const DnsEvidence& dns, const Answer& a, const Answer& b);
/// Whether what was told twice has the same records.
[[nodiscard]] bool same_records(const Told& a, const Told& b);

}  // namespace evidence
