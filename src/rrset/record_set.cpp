#include "src/rrset/record_set.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "verify/tlsa_usable.h"

namespace rrset {
namespace {

/// An order of records in which none but equal ones are equal; of their data, views.
std::tuple<dns::Usage, dns::Selector, dns::Matching, std::string_view> key_of(
    const dns::Tlsa& record) {
  return {record.usage, record.selector, record.matching, base::as_text(record.data)};
}

}  // namespace

std::optional<std::string> unusable(const dns::Tlsa& record, policy::Service service) {
  return verify::unusable(record, service, verify::TrustStore::named);
}

RecordSet record_set(const std::vector<dns::Tlsa>& records, policy::Service service) {
  std::vector<const dns::Tlsa*> all;
  all.reserve(records.size());
  for (const dns::Tlsa& record : records) all.push_back(&record);
  return record_set(all, service, all.size());
}

RecordSet record_set(std::span<const dns::Tlsa* const> records, policy::Service service,
                     std::size_t most) {
  RecordSet out;
  out.size = records.size();
  out.service = service;
  for (const dns::Tlsa* record : records) {
    out.members.push_back(
        {out.members.size(), record, unusable(*record, service), {}, {}});
  }
  std::stable_partition(out.members.begin(), out.members.end(),
                        [](const Member& one) { return !one.unusable; });
  if (out.members.size() > most) out.members.resize(most);
  std::map<decltype(key_of({})), std::size_t> first;
  for (Member& member : out.members) {
    const auto [at, is_new] = first.try_emplace(key_of(*member.record), member.index);
    if (!is_new) member.twin = at->second;
  }
  return out;
}

bool is_on_path(const verify::Verdict& alone) {
  using verify::Reason;
  return std::ranges::any_of(alone.notes, [](const verify::RecordNote& note) {
    return note.state == verify::RecordState::matched ||
           (note.state == verify::RecordState::failed &&
            note.reason != Reason::mismatch && note.reason != Reason::no_path &&
            note.reason != Reason::anchor_is_leaf);
  });
}

}  // namespace rrset
