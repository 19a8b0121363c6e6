#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "src/evidence/bundle.h"
#include "src/evidence/trail.h"

namespace evidence {

/// What was told when questions were asked once more, past every cache.
struct TrailAgain {
  std::chrono::sys_seconds moment;  ///< when who told it had heard nothing
  std::shared_ptr<const Trail> trail;
};

/// What addresses, TLSA, MX and SRV records are told once more to the questions of a
/// trail, by a source that is young; null if one of them is not answered.
/// Trail and source must outlive the task.
[[nodiscard]] io::Task<std::shared_ptr<const Trail>> ask_again(
    const Trail& first, resolver::Source& past_caches);

/// What was told first to the questions of `after`, which were asked again; null if the
/// records of one have changed.
[[nodiscard]] std::shared_ptr<const Trail> unchanged(const Trail& first,
                                                     const Trail& after);

/// Whether two answers of a bundle have the same records, and validation says the same of
/// them: what was bogus in a cache may be secure. Signatures and TTLs are left out, which
/// are made anew all the time.
[[nodiscard]] bool same_records(const DnsEvidence& dns, const Answer& a, const Answer& b);
/// Whether what was told twice has the same records and state.
[[nodiscard]] bool same_records(const Told& a, const Told& b);

}  // namespace evidence
