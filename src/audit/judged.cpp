#include "src/audit/judged.h"

namespace audit {
namespace {

constexpr std::size_t kText = 128;  // a line or a name, and what holds it

std::size_t weight(const verify::Verdict& verdict) {
  std::size_t out = verdict.notes.size() * sizeof(verify::RecordNote);
  for (const auto& note : verdict.notes) out += note.detail.size();
  return out + (verdict.presented.size() + verdict.warnings.size()) * kText;
}

std::size_t weight(const AddressJudged& address) {
  std::size_t out = sizeof address;
  if (address.verdict) out += weight(*address.verdict);
  if (address.pkix) out += weight(*address.pkix);
  for (const Opinion& opinion : address.opinions) {
    out += sizeof opinion + weight(opinion.verdict);
  }
  return out;
}

}  // namespace

std::size_t undecided_addresses(const HostAudit& host) {
  std::size_t out = host.seen.untried + host.seen.out_of_reach.size();
  for (std::size_t i = 0; i < host.seen.addresses.size(); ++i) {
    const bool left_alone = host.seen.addresses[i].left_alone.has_value();
    if (left_alone && !host.judged.addresses.at(i).verdict) ++out;
  }
  return out;
}

std::size_t octets_of(const HostAudit& host) {
  std::size_t out = octets_of(host.seen) + sizeof host.judged;
  for (const AddressJudged& address : host.judged.addresses) out += weight(address);
  for (const Finding& finding : host.judged.findings) {
    out += sizeof finding + finding.subject.size() + finding.detail.size();
  }
  return out;
}

}  // namespace audit
