#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "src/base/tlsa.h"
#include "src/publish/zone_finding.h"

namespace publish {

/// The types of record whose data are read here; of the others only that they exist.
enum class RecordType : std::uint16_t {
  other = 0,
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  mx = 15,
  aaaa = 28,
  srv = 33,
  dname = 39,
  rrsig = 46,
  nsec = 47,
  nsec3 = 50,
  tlsa = 52,
  alias = 65401,  ///< ALIAS and ANAME, which some name servers turn into addresses
};

/// A record of a zone file.
struct ZoneRecord {
  ZoneSpot at;
  dns::Name owner;
  RecordType type = RecordType::other;
  std::chrono::seconds ttl{0};
  dns::Name target;        ///< of CNAME, DNAME, NS, MX and SRV
  std::uint16_t port = 0;  ///< of SRV
  dns::Tlsa tlsa;          ///< of TLSA
  std::chrono::seconds minimum{
      0};  ///< of SOA: the TTL where none is given (RFC 1035 3.3.13)
};

/// What a word in the place of a type is.
struct TypeWord {
  RecordType type = RecordType::other;
  bool known = true;  ///< a type that IANA lists, or TYPE123 (RFC 3597 5)
};

/// The type of such a word; nothing for what cannot be one.
[[nodiscard]] std::optional<TypeWord> record_type(std::string_view word);

/// A TTL or another span of a zone file: seconds, or numbers with the units w, d, h, m
/// and s (BIND 9). Nothing for anything else, and above 2^31 - 1 s (RFC 2181 8).
[[nodiscard]] std::optional<std::chrono::seconds> zone_span(std::string_view word);

/// Reads the data of a record of `record.type` from the words behind the type, in its own
/// form or in that of RFC 3597 5. Data of types that are not needed are not looked at.
/// Error kind `usage`, code `bad_zone`: a name server would not take the record.
[[nodiscard]] base::Result<void> read_data(std::span<const std::string_view> words,
                                           const std::optional<dns::Name>& origin,
                                           ZoneRecord& record);

}  // namespace publish
