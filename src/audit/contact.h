#pragma once

#include <memory>
#include <optional>

#include "resolver/resolver.h"
#include "src/audit/seen.h"
#include "src/evidence/chain.h"
#include "src/evidence/challenge.h"
#include "src/io/loop.h"

namespace audit {

/// A resolver that had heard nothing when it was made: what it says is not older.
struct YoungResolver {
  std::shared_ptr<resolver::Resolver> resolver;  ///< null: there is none
  std::shared_ptr<evidence::ChainBook> book;     ///< what it says of zones
  std::chrono::sys_seconds made;
};

/// What an audit asks of others than its resolver, and by which clock it judges: live
/// (live_contact.h), or by what was written down on another day (recorded_contact.h).
class Contact {
 public:
  Contact() = default;
  virtual ~Contact() = default;
  Contact(const Contact&) = delete;
  Contact& operator=(const Contact&) = delete;

  /// Adds to a host what its addresses show. With a challenger each is made to sign.
  virtual io::Task<void> connect_to_all(HostSeen& host,
                                        const evidence::Challenger* challenger) = 0;
  /// Adds to a host what the name servers of the zone with this apex say.
  virtual io::Task<void> ask_servers(dns::Name apex, HostSeen& host) = 0;
  /// The MTA-STS policy of a domain; nothing where there is no way to it.
  virtual io::Task<std::optional<StsSeen>> fetch_sts_policy(dns::Name domain) = 0;
  /// A resolver that was made some minutes ago at most, and after a moment. Others use it
  /// too: of a million domains many may be accused, and the way of each new resolver
  /// begins at the root's servers.
  [[nodiscard]] virtual YoungResolver made_after(std::chrono::sys_seconds moment) = 0;
  /// By which moment a host is judged.
  [[nodiscard]] virtual std::chrono::sys_seconds moment_of(const dns::Name& host) = 0;
};

}  // namespace audit
