#include "src/evidence/told.h"

#include <algorithm>
#include <map>
#include <utility>

#include "resolver/answer_section.h"
#include "resolver/rcode.h"
#include "src/evidence/alias_order.h"
#include "src/evidence/leftovers.h"

namespace evidence {
namespace {

constexpr std::uint16_t kRrsig = 46;
constexpr std::size_t kRrsigTtl = 4;
constexpr std::size_t kRrsigHeader = 18;

using resolver::WireRecord;

/// The records of one owner and type, and the signatures over them.
struct Gathered {
  std::vector<WireRecord> records;
  std::vector<WireRecord> signatures;
};

void put_in_order(std::vector<WireRecord>& records) {
  std::ranges::sort(records, {}, &WireRecord::rdata);
  // clang 14 cannot read what std::ranges::unique gives.
  const auto same = [](const WireRecord& a, const WireRecord& b) {
    return a.rdata == b.rdata;
  };
  records.erase(std::unique(records.begin(), records.end(), same), records.end());
}

base::Bytes wire_of(Gathered set) {
  put_in_order(set.records);
  put_in_order(set.signatures);
  // A cache counts TTLs down, and of records that differ the least one holds (RFC 2181
  // 5.2): what a signature says is the same everywhere (RFC 4034 3.1.4).
  const auto least = std::ranges::min(set.records, {}, &WireRecord::ttl).ttl;
  const std::uint32_t ttl =
      set.signatures.empty() ? least
                             : resolver::long_at(set.signatures.front().rdata, kRrsigTtl);
  base::Bytes out;
  for (auto* part : {&set.records, &set.signatures}) {
    for (WireRecord& record : *part) {
      record.ttl = ttl;
      resolver::append(out, record);
    }
  }
  return out;
}

/// How many records stand in sets.
std::uint16_t count(const std::vector<base::Bytes>& sets) {
  std::size_t out = 0;
  for (const base::Bytes& set : sets) out += resolver::records_in(set).size();
  return static_cast<std::uint16_t>(out);
}

}  // namespace

std::vector<base::Bytes> canonical_sets(std::vector<WireRecord> records) {
  std::map<std::pair<base::Bytes, std::uint16_t>, Gathered> sets;
  for (WireRecord& record : records) {
    const bool signs = record.type == kRrsig;
    if (signs && record.rdata.size() <= kRrsigHeader) continue;
    const std::uint16_t type = signs ? resolver::number_at(record.rdata, 0) : record.type;
    Gathered& set = sets[{record.owner, type}];
    (signs ? set.signatures : set.records).push_back(std::move(record));
  }
  std::vector<base::Bytes> out;
  for (auto& [key, set] : sets) {
    if (!set.records.empty()) out.push_back(wire_of(std::move(set)));
  }
  std::ranges::sort(out);
  return out;
}

std::optional<std::pair<base::Bytes, std::uint16_t>> set_key(base::ByteView set) {
  // Read as part of a message, names in it come out in the case that they have to have.
  const auto records = static_cast<std::uint16_t>(resolver::records_in(set).size());
  const auto message =
      resolver::response_of(dns::Name(), resolver::Type::a, 0, {records, 0}, set);
  if (!message || records == 0) return std::nullopt;
  auto sections = resolver::sections_of(*message);
  if (!sections || sections->answer.size() != records) return std::nullopt;
  const WireRecord first = sections->answer.front();
  const auto sets = canonical_sets(std::move(sections->answer));
  if (sets.size() != 1 || !base::equal(sets.front(), set)) return std::nullopt;
  return std::pair(first.owner, first.type);
}

Told told(dns::Name name, resolver::Type type,
          const base::Result<resolver::RawAnswer>& answer) {
  Told out;
  out.name = std::move(name);
  out.type = type;
  if (!answer) {
    out.error = answer.error();
    return out;
  }
  out.rcode = answer->rcode;
  out.security = answer->security;
  out.why_bogus = answer->why_bogus;
  out.octets = answer->octets.value_or(answer->packet.size());
  if (answer->packet.empty()) return out;
  auto sections = resolver::sections_of(answer->packet);
  if (!sections) {
    out.error = sections.error();
    return out;
  }
  // What comes with a failure is what the resolver was last told on its way.
  if (!resolver::tells_existence(out.rcode)) return out;
  out.answer = canonical_sets(std::move(sections->answer));
  out.authority = canonical_sets(std::move(sections->authority));
  // Most denials are one record beside the zone's own, which are not read for this.
  constexpr std::size_t kUsual = 2;
  if (!out.answer.empty() || out.authority.size() > kUsual) leave_out_leftovers(out);
  return out;
}

base::Result<resolver::RawAnswer> raw_answer(const Told& told) {
  if (told.error) return tl::unexpected(*told.error);
  resolver::RawAnswer out;
  out.rcode = told.rcode;
  out.security = told.security;
  out.why_bogus = told.why_bogus;
  out.octets = told.octets;
  base::Bytes sections;
  const auto answer = in_alias_order(told.answer, told.name);
  for (const auto* sets : {&answer, &told.authority}) {
    for (const base::Bytes& set : *sets) {
      sections.insert(sections.end(), set.begin(), set.end());
    }
  }
  auto packet =
      resolver::response_of(told.name, told.type, told.rcode,
                            {count(told.answer), count(told.authority)}, sections);
  if (!packet) return tl::unexpected(packet.error());
  out.packet = std::move(*packet);
  return out;
}

}  // namespace evidence
