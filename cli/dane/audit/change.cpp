#include "cli/dane/audit/change.h"

#include <algorithm>
#include <vector>

#include "src/base/json.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::report {
namespace {

using namespace audit;

Texts findings_of(const DomainAudit& audited) {
  Texts out;
  for (const Finding& finding : audited.judgement.findings) {
    const Kind& kind = kind_of(finding.code);
    if (kind.severity == Severity::note) continue;
    out.insert(std::string(kind.word) + " " + finding.subject);
  }
  return out;
}

/// SHA2-256 of the key of a chain.
std::optional<std::string> key_of(const verify::Chain& shown) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&shown)) {
    return base::to_hex(verify::sha256(raw->spki));
  }
  const auto* chain = std::get_if<verify::Certificates>(&shown);
  if (chain == nullptr || chain->empty()) return std::nullopt;
  const auto leaf = verify::parse_certificate(chain->front());
  if (!leaf) return std::nullopt;
  return base::to_hex(verify::sha256(leaf->spki));
}

/// What a map has of a key; nothing is an empty value.
template <typename Map>
typename Map::mapped_type of(const Map& map, const std::string& key) {
  const auto at = map.find(key);
  return at == map.end() ? typename Map::mapped_type{} : at->second;
}

/// The keys that a host shows; an address that shows none now keeps the one that it had.
std::map<std::string, std::string> keys_of(
    const HostSeen& host, const std::map<std::string, std::string>& was) {
  if (host.addresses.empty()) return was;
  std::map<std::string, std::string> out;
  for (const AddressSeen& address : host.addresses) {
    if (auto key = key_of(usual(address).chain))
      out[net::to_text(address.address)] = std::move(*key);
  }
  for (const net::Address& address : host.host.addresses) {
    const auto old = was.find(net::to_text(address));
    if (old != was.end()) out.insert(*old);
  }
  return out;
}

Texts all_records(const State& state) {
  Texts out;
  for (const auto& [host, records] : state.records) {
    for (const std::string& record : records) out.insert(host + " " + record);
  }
  return out;
}

Texts all_keys(const State& state) {
  Texts out;
  for (const auto& [host, addresses] : state.keys) {
    for (const auto& [address, key] : addresses) out.insert(host + " " + key);
  }
  return out;
}

/// What is in one set and not in the other.
Texts without(const Texts& some, const Texts& others) {
  Texts out;
  std::ranges::set_difference(some, others, std::inserter(out, out.end()));
  return out;
}

/// A member for texts, where there are any.
void write(base::JsonWriter& json, const char* key, const Texts& texts) {
  if (!texts.empty()) {
    json.member(key, std::vector<std::string>(texts.begin(), texts.end()));
  }
}

}  // namespace

State state_of(const DomainAudit& audited, const State& was) {
  State out;
  out.grade = audited.judgement.grade;
  out.findings = findings_of(audited);
  if (audited.seen.error && out.grade != Grade::not_deployed) {
    out.records = was.records;
    out.keys = was.keys;
  }
  for (const auto& host : audited.seen.hosts) {
    const HostSeen& seen = host->seen;
    const std::string name = seen.name.text();
    out.keys[name] = keys_of(seen, of(was.keys, name));
    auto& records = out.records[name];
    if (seen.error || seen.tlsa_error) records = of(was.records, name);
    for (const dns::Tlsa& record : seen.tlsa.records) {
      records.insert(dns::to_text(record));
    }
  }
  return out;
}

bool Difference::any() const {
  return grade || !findings_new.empty() || !findings_gone.empty() ||
         !records_new.empty() || !records_gone.empty() || !keys_new.empty() ||
         !keys_gone.empty();
}

Difference difference_of(const State& was, const State& is) {
  const Texts old_records = all_records(was), records = all_records(is);
  const Texts old_keys = all_keys(was), keys = all_keys(is);
  return {was.grade != is.grade,
          without(is.findings, was.findings),
          without(was.findings, is.findings),
          without(records, old_records),
          without(old_records, records),
          without(keys, old_keys),
          without(old_keys, keys)};
}

std::optional<std::string> change_of(const DomainAudit& audited, const State& was,
                                     const State& is) {
  const std::string& name = audited.seen.domain.text();
  return change_of(name.empty() ? audited.item.word : name,
                   verify::to_text(audited.moment), was, is);
}

std::optional<std::string> change_of(std::string_view domain, std::string_view moment,
                                     const State& was, const State& is) {
  const Difference change = difference_of(was, is);
  if (!change.any()) return std::nullopt;
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("time", moment).member("domain", domain);
  json.member("grade", audit::to_text(is.grade));
  if (change.grade) json.member("was", audit::to_text(was.grade));
  write(json, "findings_new", change.findings_new);
  write(json, "findings_gone", change.findings_gone);
  write(json, "records_new", change.records_new);
  write(json, "records_gone", change.records_gone);
  write(json, "keys_new", change.keys_new);
  write(json, "keys_gone", change.keys_gone);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace cli::report
