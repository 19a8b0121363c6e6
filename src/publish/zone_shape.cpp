#include "src/publish/zone_shape.h"

#include <map>
#include <set>
#include <tuple>

namespace publish {
namespace {

constexpr std::chrono::seconds kLongTtl{3600};  // a rollover waits for two of them

void add(const ZoneRecord& record, Severity severity, std::string_view code,
         std::string detail, std::vector<ZoneFinding>& out) {
  out.push_back(
      {record.at, severity, std::string(code), record.owner, std::move(detail)});
}

void lint_data(const ZoneRecord& entry, std::vector<ZoneFinding>& out) {
  const auto& record = entry.tlsa;
  if (record.matching == dns::kFull) {
    add(entry, Severity::note, "full-data",
        "the whole certificate or key: a large answer (RFC 7671 10.1.2)", out);
  }
  if (record.selector == dns::kCert && record.matching != dns::kFull) {
    add(entry, Severity::note, "certificate-digest",
        "breaks whenever the certificate is renewed, even with the same key: prefer "
        "selector 1 (RFC 7671 5.1)",
        out);
  }
}

void lint_ttl(const ZoneRrset& rrset, std::vector<ZoneFinding>& out) {
  const ZoneRecord& first = *rrset.front();
  if (first.ttl > kLongTtl) {
    add(first, Severity::note, "long-ttl",
        "TTL of " + std::to_string(first.ttl.count()) +
            " s: a change of key waits for two of them (RFC 7671 8.1)",
        out);
  }
  for (const ZoneRecord* entry : rrset) {
    if (entry->ttl == first.ttl) continue;
    add(*entry, Severity::warning, "ttl-differs",
        "the TTLs of one RRset must agree (RFC 2181 5.2)", out);
  }
}

// RFC 7671 9: everybody knows SHA2-256, not everybody SHA2-512.
void lint_digests(const ZoneRrset& rrset, std::vector<ZoneFinding>& out) {
  std::set<std::pair<dns::Usage, dns::Selector>> mandatory;
  for (const ZoneRecord* entry : rrset) {
    const auto& record = entry->tlsa;
    if (record.matching == dns::kSha256) mandatory.emplace(record.usage, record.selector);
  }
  for (const ZoneRecord* entry : rrset) {
    const auto& record = entry->tlsa;
    if (record.matching != dns::kSha512) continue;
    if (mandatory.contains({record.usage, record.selector})) continue;
    add(*entry, Severity::warning, "sha512-alone",
        "SHA2-512 without SHA2-256 beside it, which alone is mandatory (RFC 7671 9)",
        out);
  }
}

/// An order of records in which none but the same are equal; of their data, views.
auto key_of(const dns::Tlsa& record) {
  return std::make_tuple(record.usage, record.selector, record.matching,
                         base::as_text(record.data));
}

void lint_duplicates(const ZoneRrset& rrset, std::vector<ZoneFinding>& out) {
  std::map<decltype(key_of({})), const ZoneRecord*> first;
  for (const ZoneRecord* entry : rrset) {
    const auto [at, is_new] = first.try_emplace(key_of(entry->tlsa), entry);
    if (is_new) continue;
    add(*entry, Severity::warning, "duplicate",
        "the same as line " + std::to_string(at->second->at.line), out);
  }
}

}  // namespace

void lint_shape(const ZoneRrset& rrset, std::vector<ZoneFinding>& out) {
  for (const ZoneRecord* entry : rrset) lint_data(*entry, out);
  lint_ttl(rrset, out);
  lint_digests(rrset, out);
  lint_duplicates(rrset, out);
}

}  // namespace publish
