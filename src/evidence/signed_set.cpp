// Reads a set of a bundle. One set has one form: whoever could write it in two could have
// two readers see two things, or hide something from one that compares octets. So what
// RFC 4034 6 has a signer do (order, case) must have been done already, and is not done
// again for whoever did not.
#include "src/evidence/signed_set.h"

#include <algorithm>
#include <array>
#include <optional>

#include "src/evidence/canonical_rdata.h"
#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

constexpr std::size_t kMostOctets = 65'535;  // no message of the DNS has more
constexpr std::uint16_t kClassIn = 1;

tl::unexpected<base::Error> malformed(std::string_view what) {
  return base::fail(base::ErrorKind::permanent, base::Code::malformed,
                    "a set of records " + std::string(what));
}

struct Record {
  WireName owner;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  base::ByteView rdata;
};

/// The next record; nothing if it is cut off, of another class, or not in lower case.
std::optional<Record> next_record(RecordReader& reader) {
  Record out;
  const base::ByteView before = reader.rest();
  out.owner = reader.name();
  const base::ByteView owner = before.first(before.size() - reader.rest().size());
  out.type = reader.two();
  const bool in = reader.two() == kClassIn;
  out.ttl = reader.four();
  out.rdata = reader.take(reader.two());
  if (!reader.is_good() || !in || !base::equal(owner, out.owner.octets())) {
    return std::nullopt;
  }
  return out;
}

/// The fields of an RRSIG over records of a type; nothing if it covers others.
std::optional<Rrsig> read_rrsig(base::ByteView rdata, std::uint16_t covered) {
  RecordReader reader(rdata);
  Rrsig out;
  if (reader.two() != covered) return std::nullopt;
  out.algorithm = reader.octet();
  out.labels = reader.octet();
  out.original_ttl = reader.four();
  out.expiration = reader.four();
  out.inception = reader.four();
  out.key_tag = reader.two();
  out.signer = reader.name();
  out.signature = reader.rest();
  if (!reader.is_good() || out.signature.empty()) return std::nullopt;
  out.fields = rdata.first(rdata.size() - out.signature.size());
  return out;
}

bool is_before(base::ByteView a, base::ByteView b) {
  return std::ranges::lexicographical_compare(a, b);
}

/// The records of a set while they are read.
class Collector {
 public:
  /// Why the record does not belong where it stands; nothing if it does.
  std::optional<std::string_view> add(const Record& record);
  base::Result<SignedSet> finish();

 private:
  SignedSet set_;
  base::ByteView before_;  ///< the record before, of those that are ordered with it
  std::vector<std::uint32_t> ttls_;
};

std::optional<std::string_view> Collector::add(const Record& record) {
  if (ttls_.empty()) {
    set_.owner = record.owner;
    set_.type = record.type;
    if (record.type == kRrsig) return "has signatures and nothing that they sign";
  }
  ttls_.push_back(record.ttl);
  if (!(record.owner == set_.owner)) return "has two owners";
  if (!is_canonical_rdata(record.type, record.rdata)) {
    return "has a record that is broken or not in lower case";
  }
  const bool signs = record.type == kRrsig;
  if (!signs && record.type != set_.type) return "has two types";
  if (!signs && !set_.signatures.empty()) return "has records behind its signatures";
  const bool first = signs ? set_.signatures.empty() : set_.records.empty();
  if (!first && !is_before(before_, record.rdata)) return "is not in order";
  before_ = record.rdata;
  if (!signs) {
    set_.records.push_back(record.rdata);
    return std::nullopt;
  }
  auto signature = read_rrsig(record.rdata, set_.type);
  if (!signature) return "has a broken signature, or one over something else";
  set_.signatures.push_back(std::move(*signature));
  return std::nullopt;
}

base::Result<SignedSet> Collector::finish() {
  if (set_.records.empty()) return malformed("is empty");
  const bool counted =
      !set_.signatures.empty() && std::ranges::any_of(ttls_, [this](std::uint32_t ttl) {
        return ttl != set_.signatures.front().original_ttl;
      });
  if (counted) return malformed("has other TTLs than it was signed with");
  return std::move(set_);
}

}  // namespace

base::Result<SignedSet> read_signed_set(base::ByteView octets) {
  if (octets.size() > kMostOctets) return malformed("is longer than any message");
  RecordReader reader(octets);
  Collector collector;
  while (!reader.rest().empty()) {
    const auto record = next_record(reader);
    if (!record) return malformed("has a broken record");
    if (const auto why = collector.add(*record)) return malformed(*why);
  }
  return collector.finish();
}

}  // namespace evidence
