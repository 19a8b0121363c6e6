#include "src/evidence/again.h"

#include <map>

#include "resolver/sections.h"
#include "src/evidence/assemble.h"
#include "src/evidence/signed_set.h"

namespace evidence {
namespace {

using Records = std::map<std::pair<base::Bytes, std::uint16_t>, std::vector<base::Bytes>>;

Records records_of(const Told& told) {
  Records out;
  for (const base::Bytes& set : told.answer) {
    for (resolver::WireRecord& record : resolver::records_in(set)) {
      if (record.type == kRrsig) continue;
      out[{std::move(record.owner), record.type}].push_back(std::move(record.rdata));
    }
  }
  return out;
}

}  // namespace

bool same_records(const Told& a, const Told& b) {
  if (a.error || b.error) return a.error.has_value() == b.error.has_value();
  return a.rcode == b.rcode && records_of(a) == records_of(b);
}

bool same_records(const DnsEvidence& dns, const Answer& a, const Answer& b) {
  return same_records(told(dns, a), told(dns, b));
}

}  // namespace evidence
