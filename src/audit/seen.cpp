#include "src/audit/seen.h"

#include <algorithm>

namespace audit {

std::string_view to_text(How how) {
  switch (how) {
    case How::usual:
      return "usual";
    case How::nameless:
      return "nameless";
    case How::again:
      return "again";
    case How::other_key:
      return "other-key";
  }
  return "?";
}

const Shown& usual(const AddressSeen& address) {
  static const Shown kNone = [] {
    Shown out;
    out.error = base::Error{base::ErrorKind::internal, base::Code::local,
                            "nobody has connected to it"};
    return out;
  }();
  return address.shown.empty() ? kNone : address.shown.front();
}

bool is_our_fault(const base::Error& error) {
  const bool no_socket =
      error.kind == base::ErrorKind::internal && error.code == base::Code::connect;
  return no_socket || error.code == base::Code::local;
}

bool same_leaf(const verify::Chain& a, const verify::Chain& b) {
  const auto* left = std::get_if<verify::Certificates>(&a);
  const auto* right = std::get_if<verify::Certificates>(&b);
  return left != nullptr && right != nullptr && !left->empty() && !right->empty() &&
         left->front() == right->front();
}

bool may_change(const Shown& shown) {
  if (!shown.error || is_our_fault(*shown.error)) return false;
  const bool said = base::about(shown.error->code) == base::About::handshake;
  const bool lost = shown.tls_began && !said;
  return lost || shown.rejection.severity() == 4;
}

void add_shown(AddressSeen& address, Shown shown) {
  if (shown.how == How::usual) {
    if (shown.error && is_our_fault(*shown.error)) ++address.faults;
    if (may_change(shown)) ++address.refusals;
    address.shown.clear();
  } else {
    const bool is_second = std::ranges::any_of(
        address.shown, [&](const Shown& other) { return other.how == shown.how; });
    shown.same_certificate =
        shown.session && same_leaf(shown.chain, usual(address).chain);
    const bool says_more = shown.session && !shown.same_certificate && !is_second;
    if (!says_more) shown.chain = {};
  }
  address.shown.push_back(std::move(shown));
}

bool has_secure_records(const HostSeen& host) {
  return host.tlsa.state == policy::TlsaState::present;
}

policy::Requirement requirement(const HostSeen& host) {
  policy::Demand usual_demand;  // what qmail-remote demands unless it is told otherwise
  usual_demand.service = policy::Service::smtp;
  usual_demand.without_tlsa = policy::WithoutTlsa::opportunistic;
  return policy::decide(host.tlsa, usual_demand).value_or(policy::Requirement{});
}

std::string subject_of(const dns::Name& host, const net::Address& address) {
  return host.text() + " [" + net::to_text(address) + "]";
}

std::size_t not_looked_at(const HostSeen& host) {
  const auto left_alone = std::ranges::count_if(
      host.addresses, [](const auto& one) { return one.left_alone.has_value(); });
  return host.untried + host.out_of_reach.size() + static_cast<std::size_t>(left_alone);
}

HostSeen without_other_conversations(HostSeen host) {
  for (AddressSeen& address : host.addresses) {
    if (address.shown.size() > 1) address.shown.resize(1);
    address.shown.shrink_to_fit();
  }
  return host;
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

std::size_t weight(const std::vector<dns::Tlsa>& records) {
  std::size_t out = records.size() * sizeof(dns::Tlsa);
  for (const dns::Tlsa& record : records) out += record.data.size();
  return out;
}

std::size_t weight(const Shown& shown) {
  std::size_t out = sizeof shown + audit::octets_of(shown.chain);
  for (const std::string& line : shown.rejection.lines) out += line.size();
  return out;
}

}  // namespace

std::size_t octets_of(const ZoneSeen& zone) {
  std::size_t out = sizeof zone + kText;
  out += zone.keys.size() * sizeof(dns::Dnskey);
  return out + zone.ds.size() * sizeof(dns::Ds);
}

std::size_t octets_of(const HostSeen& host) {
  std::size_t out = sizeof host + weight(host.tlsa.records);
  for (const ServerAnswer& server : host.servers) {
    out += sizeof server + kText + weight(server.records);
  }
  for (const AddressSeen& address : host.addresses) {
    out += sizeof address;
    for (const Shown& shown : address.shown) out += weight(shown);
  }
  return out + host.host.addresses.size() * sizeof(net::Address);
}

}  // namespace audit
