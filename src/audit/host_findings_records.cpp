#include <algorithm>
#include <set>
#include <tuple>

#include "src/audit/host_findings.h"
#include "verify/tlsa_usable.h"

namespace audit {
namespace {

constexpr std::size_t kMostRecords = 64;  // looked at one by one
constexpr std::size_t kDigits = 16;       // of the data, in a line for people

std::string short_text(const dns::Tlsa& record) { return dns::to_text(record, kDigits); }

/// What a record is, and what becomes of it here.
struct Noted {
  const dns::Tlsa* record = nullptr;
  std::optional<std::string> unusable;
  bool matched = false;
};

using Parameters = std::tuple<int, int, int>;

Parameters parameters_of(const dns::Tlsa& record) {
  return {record.usage, record.selector, record.matching};
}

void add_unusable(const std::string& owner, const Noted& noted,
                  std::vector<Finding>& out) {
  const dns::Tlsa& record = *noted.record;
  const bool unknown = record.usage > dns::kDaneEe || record.selector > dns::kSpki ||
                       record.matching > dns::kSha512;
  Code code = Code::record_bad_data;
  if (unknown) code = Code::record_unknown_number;
  if (!unknown && record.usage <= dns::kPkixEe) code = Code::record_pkix_usage;
  out.push_back({code, owner, short_text(record) + ": " + *noted.unusable});
}

void add_shape(const std::string& owner, const dns::Tlsa& record,
               const std::vector<Noted>& all, std::vector<Finding>& out) {
  const std::string text = short_text(record);
  if (record.matching == dns::kFull) out.push_back({Code::record_full, owner, text});
  const bool has_sha256 = std::ranges::any_of(all, [&](const Noted& other) {
    return other.record->usage == record.usage &&
           other.record->selector == record.selector &&
           other.record->matching == dns::kSha256;
  });
  if (record.matching == dns::kSha512 && !has_sha256) {
    out.push_back({Code::record_sha512_alone, owner, text});
  }
  if (record.selector != dns::kCert) return;
  if (record.usage == dns::kDaneEe) {
    out.push_back({Code::record_certificate, owner, text});
  } else if (record.matching != dns::kFull) {
    out.push_back({Code::record_anchor_certificate, owner, text});
  }
}

/// RFC 7671 8: what does not match now, by record and by combination.
void add_unmatched(const std::string& owner, const std::vector<Noted>& usable,
                   std::vector<Finding>& out) {
  std::set<Parameters> matched, unmatched;
  for (const Noted& noted : usable) {
    (noted.matched ? matched : unmatched).insert(parameters_of(*noted.record));
  }
  for (const Noted& noted : usable) {
    if (noted.matched) continue;
    const std::string text = short_text(*noted.record);
    if (noted.record->usage == dns::kDaneTa) {
      out.push_back({Code::record_anchor_not_sent, owner, text});
    } else if (!matched.empty()) {
      out.push_back({Code::record_unmatched, owner, text});
    }
  }
  if (matched.empty()) return;  // a mismatch is told of at each address
  for (const Parameters& one : unmatched) {
    if (matched.contains(one)) continue;
    const auto [usage, selector, matching] = one;
    out.push_back({Code::parameters_unmatched, owner,
                   "none of " + std::to_string(usage) + " " + std::to_string(selector) +
                       " " + std::to_string(matching)});
  }
}

}  // namespace

bool matches_somewhere(const HostFacts& host, const dns::Tlsa& record,
                       std::chrono::sys_seconds now) {
  policy::Requirement alone = host.requirement;
  alone.records = {record};
  const auto matches = [&](const verify::Chain& chain) {
    const auto verdict = verify::check(chain, alone, {now, nullptr, {}});
    return std::ranges::any_of(verdict.notes, [](const verify::RecordNote& note) {
      return note.state == verify::RecordState::matched ||
             (note.state == verify::RecordState::failed &&
              note.reason != verify::Reason::mismatch);
    });
  };
  return std::ranges::any_of(host.addresses, [&](const AddressFacts& address) {
    return address.verdict && (matches(address.connection.chain) ||
                               std::ranges::any_of(address.other_chains, matches));
  });
}

void add_record_findings(const HostFacts& host, std::chrono::sys_seconds now,
                         std::vector<Finding>& out) {
  if (host.tlsa.state != policy::TlsaState::present) return;
  const std::string owner = host.tlsa.owner.text();
  const auto& records = host.tlsa.records;
  const bool seen = std::ranges::any_of(
      host.addresses, [](const AddressFacts& one) { return one.verdict.has_value(); });
  std::vector<Noted> noted, usable;
  for (const dns::Tlsa& record : records) {
    if (noted.size() == kMostRecords) break;
    const bool twice = std::ranges::any_of(
        noted, [&](const Noted& other) { return *other.record == record; });
    if (twice) {
      out.push_back({Code::record_duplicate, owner, short_text(record)});
      continue;
    }
    Noted one{&record,
              verify::unusable(record, policy::Service::smtp, verify::TrustStore::none),
              false};
    if (!one.unusable) {
      one.matched = seen && matches_somewhere(host, record, now);
      usable.push_back(one);
    } else {
      add_unusable(owner, one, out);
    }
    noted.push_back(std::move(one));
  }
  for (const Noted& one : usable) add_shape(owner, *one.record, noted, out);
  if (usable.empty()) {
    out.push_back({Code::none_usable, owner,
                   std::to_string(records.size()) + " records, none of use for mail"});
    return;
  }
  if (seen) add_unmatched(owner, usable, out);
  const bool matched = std::ranges::any_of(usable, &Noted::matched);
  const bool spare = std::ranges::any_of(usable, [](const Noted& one) {
    return one.record->usage == dns::kDaneTa || !one.matched;
  });
  if (matched && !spare) {
    out.push_back({Code::no_spare, owner, "records of present keys alone"});
  }
}

}  // namespace audit
