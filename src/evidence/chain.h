#pragma once

#include <map>

#include "src/evidence/trail.h"
#include "src/io/loop.h"

namespace evidence {

/// What the zones of the world say about each other's keys, asked of a source that has
/// just validated with it, and kept for a while, since all domains of a top-level domain
/// share it. One loop.
class ChainBook {
 public:
  /// The answer to a question about a zone. The source must validate.
  [[nodiscard]] io::Task<ToldPointer> ask(resolver::Source& source, dns::Name name,
                                          resolver::Type type);

 private:
  struct Entry {
    ToldPointer told;
    io::TimePoint until;
  };
  std::map<Trail::Question, Entry> entries_;
};

/// Adds to a trail what a validator needs that knows the root's keys alone: the same
/// questions at the targets of aliases, and DS and DNSKEY records, or their denials, from
/// the root down to each signer, or to where a delegation is seen to be insecure (RFC
/// 4035 5). Strangers choose how many names that are: beyond a bound the chain is left
/// short, and whoever checks it finds something missing.
[[nodiscard]] io::Task<void> complete(Trail& trail, resolver::Source& source,
                                      ChainBook& book);

}  // namespace evidence
