#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "src/evidence/signed_set.h"
#include "src/evidence/told.h"

namespace evidence {

/// The octets of a server's DNSSEC chain extension (RFC 9102 2.2).
struct ChainExtension {
  std::chrono::hours lifetime{0};  ///< ExtSupportLifetime
  base::ByteView chain;            ///< AuthenticationChain
};

/// Takes them apart; the chain is a view of `data`. Nothing for fewer than two octets.
[[nodiscard]] std::optional<ChainExtension> read_chain_extension(base::ByteView data);

/// How an answer ends that has no records. A chain has no response codes: which of these
/// it is a validator tries.
enum class ChainEnding {
  no_records,    ///< the name is there
  no_name,       ///< it is not
  without_keys,  ///< what is below a delegation without keys, which nobody can sign
};

/// The records of an AuthenticationChain (RFC 9102 2.3), by anybody: they are not
/// validated. Their order says nothing.
class ReceivedChain {
 public:
  /// Error kind `temporary`, code `malformed`: no records without compression from the
  /// first octet to the last, or more than any honest chain has.
  [[nodiscard]] static base::Result<ReceivedChain> read(base::ByteView octets);

  ReceivedChain(ReceivedChain&&) = default;
  ReceivedChain& operator=(ReceivedChain&&) = default;
  ReceivedChain(const ReceivedChain&) = delete;  // what was read points into what is held
  ReceivedChain& operator=(const ReceivedChain&) = delete;
  ~ReceivedChain() = default;

  /// Whether there is anything from which something about TLSA records of this name could
  /// follow: the records, an alias at it, or denials.
  [[nodiscard]] bool speaks_of(const dns::Name& owner) const;

  /// The answers that a validator needs about the TLSA records of a name, made of the
  /// records that are there, and of no others: an answer that would need more is missing.
  /// What the name has nothing to do with is left out, and so are the aliases that DNAMEs
  /// make. Every answer says `bogus`.
  [[nodiscard]] std::vector<Told> answers_about(const dns::Name& owner,
                                                ChainEnding ending) const;

 private:
  using Key = std::pair<WireName, std::uint16_t>;
  class Gathering;

  ReceivedChain() = default;
  [[nodiscard]] const std::pair<base::Bytes, SignedSet>* find(const WireName& owner,
                                                              std::uint16_t type) const;
  /// The DNAME above a name.
  [[nodiscard]] const std::pair<base::Bytes, SignedSet>* dname_above(
      const WireName& name) const;

  std::map<Key, std::pair<base::Bytes, SignedSet>> sets_;
};

}  // namespace evidence
