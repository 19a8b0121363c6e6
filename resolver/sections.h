#pragma once

#include <cstdint>
#include <vector>

#include "resolver/raw_answer.h"
#include "resolver/type.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/name.h"

namespace resolver {

/// A record of class IN, without compression. Names are in lower case where signatures do
/// not count their case: the owner, and those within the RDATA of the types of RFC
/// 4034 6.2 but NSEC (RFC 6840 5.1).
struct WireRecord {
  base::Bytes owner;  ///< in wire form (RFC 1035 3.1)
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  base::Bytes rdata;

  [[nodiscard]] bool operator==(const WireRecord&) const = default;
};

/// The records of two sections of a message. EDNS and the additional section, which prove
/// nothing, are not among them.
struct Sections {
  std::vector<WireRecord> answer;
  std::vector<WireRecord> authority;
};

/// Reads a message. Error kind `temporary`, code `malformed`.
[[nodiscard]] base::Result<Sections> sections_of(base::ByteView packet);

/// A record in wire form (RFC 1035 3.2.1).
void append(base::Bytes& out, const WireRecord& record);

/// The records that stand one after another in wire form without compression, up to the
/// first that is broken. Names in RDATA are not looked at.
[[nodiscard]] std::vector<WireRecord> records_in(base::ByteView octets);

/// How many records the two sections of a message have.
struct Counts {
  std::uint16_t answer = 0;
  std::uint16_t authority = 0;
};

/// A response to a question, with sections that are in wire form. Error kind `temporary`,
/// code `malformed`: the name cannot be asked for, or it is all larger than a message.
[[nodiscard]] base::Result<base::Bytes> response_of(const dns::Name& name, Type type,
                                                    int rcode, Counts counts,
                                                    base::ByteView sections);

}  // namespace resolver
