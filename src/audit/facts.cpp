#include "src/audit/facts.h"

#include <algorithm>

namespace audit {

std::string subject_of(const dns::Name& host, const net::Address& address) {
  return host.text() + " [" + net::to_text(address) + "]";
}

std::size_t not_looked_at(const HostFacts& host) {
  const auto left_alone = std::ranges::count_if(
      host.addresses, [](const auto& one) { return one.left_alone.has_value(); });
  return host.untried + host.out_of_reach.size() + static_cast<std::size_t>(left_alone);
}

std::size_t undecided_addresses(const HostFacts& host) {
  const auto left_alone = std::ranges::count_if(
      host.addresses, [](const auto& one) { return one.left_alone && !one.verdict; });
  return host.untried + host.out_of_reach.size() + static_cast<std::size_t>(left_alone);
}

std::size_t octets_of(const verify::Chain& chain) {
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain))
    return raw->spki.size();
  std::size_t out = 0;
  for (const base::Bytes& der : std::get<verify::Certificates>(chain)) out += der.size();
  return out;
}

namespace {

constexpr std::size_t kText = 128;  // a line or a name, and what holds it

std::size_t weight_of(const std::vector<dns::Tlsa>& records) {
  std::size_t out = records.size() * sizeof(dns::Tlsa);
  for (const dns::Tlsa& record : records) out += record.data.size();
  return out;
}

std::size_t weight_of(const std::optional<verify::Verdict>& verdict) {
  if (!verdict) return 0;
  std::size_t out = verdict->notes.size() * sizeof(verify::RecordNote);
  for (const auto& note : verdict->notes) out += note.detail.size();
  return out + (verdict->presented.size() + verdict->warnings.size()) * kText;
}

std::size_t weight_of(const AddressFacts& address) {
  std::size_t out = sizeof address + octets_of(address.connection.chain);
  for (const auto& chain : address.other_chains) out += octets_of(chain);
  for (const auto* verdict :
       {&address.verdict, &address.without_name, &address.other_key, &address.once_more,
        &address.pkix, &address.connection.verdict}) {
    out += weight_of(*verdict);
  }
  for (const std::string& line : address.connection.rejection.lines) out += line.size();
  return out;
}

}  // namespace

std::size_t octets_of(const ZoneFacts& zone) {
  std::size_t out = sizeof zone + kText;
  out += zone.keys.size() * sizeof(dns::Dnskey);
  return out + zone.ds.size() * sizeof(dns::Ds);
}

std::size_t octets_of(const HostFacts& host) {
  std::size_t out = sizeof host + weight_of(host.tlsa.records);
  out += weight_of(host.requirement.records);
  for (const ServerAnswer& server : host.servers) {
    out += sizeof server + kText + weight_of(server.records);
  }
  for (const AddressFacts& address : host.addresses) out += weight_of(address);
  for (const Finding& finding : host.findings) {
    out += sizeof finding + finding.subject.size() + finding.detail.size();
  }
  return out + host.host.addresses.size() * sizeof(net::Address);
}

}  // namespace audit
