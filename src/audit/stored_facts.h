// Facts of audits in a text that can be kept, read by people, and judged again: what was
// seen of each domain, and when it was judged. The form is described in facts_text.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/audit/facts_text.h"
#include "src/audit/item.h"

namespace audit {

/// What was seen of a domain, as it was written down.
struct StoredAudit {
  std::string note;                 ///< what whoever wrote it down wanted to say about it
  std::string word;                 ///< the domain as it stood in the input
  std::chrono::sys_seconds moment;  ///< when it was judged
  DomainSeen seen;                  ///< without its hosts
  std::vector<std::shared_ptr<const HostSeen>>
      hosts;  ///< in the order of `seen.mx.hosts`
};

/// Writes audits down, one after another. They have to be whole: Keep::all.
class StoredFacts {
 public:
  void add(const DomainAudit& audit, const std::string& note);
  /// All of them.
  [[nodiscard]] std::string text() const;

 private:
  facts::WrittenTables tables_;
  std::string audits_;
};

/// The audits of a text, which may be a stranger's: what it makes of memory is bounded by
/// its own size and 256 MiB of chains. Error kind `usage`, code `bad_file`, with the
/// line.
[[nodiscard]] base::Result<std::vector<StoredAudit>> read_stored_facts(
    std::string_view text);

/// What was seen of a domain with its hosts, each judged at the moment of the audit; with
/// roots also by those.
[[nodiscard]] DomainSeen judged_again(const StoredAudit& audit,
                                      const verify::Roots* roots);

}  // namespace audit
