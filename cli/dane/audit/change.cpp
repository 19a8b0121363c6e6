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

/// Members for what is in one set and not in the other; whether there was anything.
bool write_difference(base::JsonWriter& json, const char* appeared,
                      const char* disappeared, const Texts& was, const Texts& is) {
  std::vector<std::string> came, went;
  std::ranges::set_difference(is, was, std::back_inserter(came));
  std::ranges::set_difference(was, is, std::back_inserter(went));
  if (!came.empty()) json.member(appeared, came);
  if (!went.empty()) json.member(disappeared, went);
  return !came.empty() || !went.empty();
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

std::optional<std::string> change_of(const DomainAudit& audited, const State& was,
                                     const State& is) {
  const std::string& name = audited.seen.domain.text();
  return change_of(name.empty() ? audited.item.word : name,
                   verify::to_text(audited.moment), was, is);
}

std::optional<std::string> change_of(std::string_view domain, std::string_view moment,
                                     const State& was, const State& is) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("time", moment).member("domain", domain);
  json.member("grade", audit::to_text(is.grade));
  bool changed = was.grade != is.grade;
  if (changed) json.member("was", audit::to_text(was.grade));
  changed |=
      write_difference(json, "findings_new", "findings_gone", was.findings, is.findings);
  changed |= write_difference(json, "records_new", "records_gone", all_records(was),
                              all_records(is));
  changed |= write_difference(json, "keys_new", "keys_gone", all_keys(was), all_keys(is));
  json.end_object();
  return changed ? std::optional(json.text() + "\n") : std::nullopt;
}

}  // namespace cli::report
