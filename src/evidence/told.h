#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "resolver/raw_answer.h"
#include "resolver/sections.h"
#include "resolver/type.h"
#include "src/base/bytes.h"

namespace evidence {

/// What a source of answers told about one question, in the one form that evidence has:
/// RRsets as docs/evidence-format.md has them, whatever order, case, compression and
/// counted-down TTL they came with.
struct Told {
  dns::Name name;
  resolver::Type type = resolver::Type::a;
  std::optional<base::Error> error;  ///< why no answer came; then the rest says nothing
  int rcode = 0;
  dns::Security security = dns::Security::bogus;
  std::string why_bogus;
  std::size_t octets = 0;              ///< of the answer as it came
  std::vector<base::Bytes> answer;     ///< canonical sets, sorted
  std::vector<base::Bytes> authority;  ///< likewise
};

/// The canonical sets of the records of one section, sorted by their octets. Signatures
/// over nothing that stands there, and records that stand there twice, are left out.
[[nodiscard]] std::vector<base::Bytes> canonical_sets(
    std::vector<resolver::WireRecord> records);

/// The owner and the type of a set, if these octets are one in its canonical form.
[[nodiscard]] std::optional<std::pair<base::Bytes, std::uint16_t>> set_key(
    base::ByteView set);

/// What was told, by what a source gave. An answer that is no message of the DNS is one
/// that did not come.
[[nodiscard]] Told told(dns::Name name, resolver::Type type,
                        const base::Result<resolver::RawAnswer>& answer);

/// What a source gives that tells this: its sets alone, those of the answer in the order
/// of its aliases.
[[nodiscard]] base::Result<resolver::RawAnswer> raw_answer(const Told& told);

}  // namespace evidence
