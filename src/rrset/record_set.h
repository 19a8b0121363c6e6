#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/policy.h"
#include "src/base/tlsa.h"
#include "verify/verdict.h"

namespace rrset {

/// What a record is to the chains that servers show.
struct Fit {
  bool matched = false;     ///< is on the path of one of them, whatever else may be wrong
  bool sent = false;        ///< what it is of is in what the servers send
  std::vector<bool> shown;  ///< for each server: on the path of its usual chain
};

/// A record of a set, and what is known of it.
struct Member {
  std::size_t index = 0;  ///< in the records that were given
  const dns::Tlsa* record = nullptr;
  std::optional<std::string> unusable;  ///< why nobody can use it, in words
  std::optional<std::size_t> twin;      ///< index of an equal record before it
  std::optional<Fit> fit;               ///< nothing where nobody compared it
};

/// A TLSA RRset with what is known about it.
struct RecordSet {
  std::vector<Member> members;  ///< those of use first
  std::size_t size = 0;         ///< how many records there are, in `members` or not
  policy::Service service = policy::Service::other;
  std::optional<std::chrono::seconds> ttl;
  /// All that the servers show was compared: what matched nothing there matches nothing.
  bool all_compared = false;
};

/// The service of a TCP port, as far as the rules of its records go: port 25 is mail
/// between servers (RFC 7672), everything else is not.
[[nodiscard]] constexpr policy::Service service_at(std::uint16_t port) {
  return port == 25 ? policy::Service::smtp : policy::Service::other;
}

/// Why no peer of the service can use a record, in words; nothing if one can (RFC 6698
/// 4.1). Peers have trust stores here: what they hold is no fault of the record.
[[nodiscard]] std::optional<std::string> unusable(const dns::Tlsa& record,
                                                  policy::Service service);

/// The set of these records, of which nothing is known yet beside servers, each a member.
/// The records must outlive it.
[[nodiscard]] RecordSet record_set(const std::vector<dns::Tlsa>& records,
                                   policy::Service service);
/// The set of these records, of which nothing is known yet beside servers, with `most`
/// members at most: records of use before the others, else in the order given. The
/// records must outlive it.
[[nodiscard]] RecordSet record_set(std::span<const dns::Tlsa* const> records,
                                   policy::Service service, std::size_t most);

/// Whether the record that was checked alone is on the path of the chain, whatever else
/// is wrong with that. Nobody is accused of what took too much work to look at.
[[nodiscard]] bool is_on_path(const verify::Verdict& alone);

}  // namespace rrset
