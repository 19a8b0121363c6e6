#include "src/publish/zone_shape.h"

#include <algorithm>

#include "src/rrset/faults.h"

namespace publish {
namespace {

void lint_ttls(const ZoneRrset& rrset, std::vector<ZoneFinding>& out) {
  const ZoneRecord& first = *rrset.front();
  for (const ZoneRecord* entry : rrset) {
    if (entry->ttl == first.ttl) continue;
    out.push_back({entry->at, Severity::warning, "ttl-differs", entry->owner,
                   "the TTLs of one RRset must agree (RFC 2181 5.2)"});
  }
}

rrset::RecordSet set_of(const ZoneRrset& rrset, const RecordsKnown& known) {
  std::vector<const dns::Tlsa*> records;
  for (const ZoneRecord* entry : rrset) records.push_back(&entry->tlsa);
  const auto reached = known.reached.find(rrset.front()->owner);
  const bool is_reached = reached != known.reached.end();
  auto out = rrset::record_set(
      records, is_reached ? reached->second : policy::Service::other, records.size());
  out.ttl = (*std::ranges::max_element(rrset, {}, &ZoneRecord::ttl))->ttl;
  out.all_compared = is_reached && known.compared;
  for (rrset::Member& member : out.members) {
    const auto fit = known.fits.find(rrset.at(member.index));
    if (fit != known.fits.end()) member.fit = fit->second;
  }
  return out;
}

/// What the lines and the files of certificates add to a fault.
std::string fact_of(const rrset::Fault& fault, const ZoneRrset& rrset,
                    const ZoneJudge& judge) {
  using rrset::Rule;
  switch (fault.rule) {
    case Rule::duplicate:
      return "the same as line " + std::to_string(rrset.at(*fault.twin)->at.line);
    case Rule::unmatched:
    case Rule::anchor_not_sent:
    case Rule::anchor_spare: {
      const auto file = judge.beside(rrset.at(fault.record)->tlsa);
      return file ? "it is of a certificate in " + *file : "";
    }
    default:
      return fault.fact;
  }
}

}  // namespace

void lint_shape(const ZoneRrset& rrset, const RecordsKnown& known, const ZoneJudge& judge,
                std::vector<ZoneFinding>& out) {
  lint_ttls(rrset, out);
  for (rrset::Fault& fault : rrset::faults(set_of(rrset, known))) {
    fault.fact = fact_of(fault, rrset, judge);
    const auto& text = rrset::text_of(fault.rule);
    const ZoneRecord& record = *rrset.at(fault.record);
    out.push_back({record.at, text.severity, std::string(text.word), record.owner,
                   rrset::in_words(fault)});
  }
}

}  // namespace publish
