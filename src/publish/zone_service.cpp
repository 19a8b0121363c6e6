#include "src/publish/zone_service.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "src/publish/zone_name.h"
#include "src/rrset/record_set.h"

namespace publish {
namespace {

constexpr std::uint16_t kSmtpPort = 25;
// Where a wildcard stands for all ports; the last if the others have owners of their own.
constexpr std::uint16_t kAnyPorts[] = {443, 993, 465, 61001};
constexpr std::string_view kTransports[] = {"_tcp", "_udp", "_sctp"};

bool is_transport(std::string_view label) {
  return std::ranges::find(kTransports, label) != std::end(kTransports);
}

/// Decimal, without leading zeros, not 0 (RFC 6698 3).
std::optional<std::uint16_t> port_of(std::string_view label) {
  std::uint16_t number = 0;
  if (label.size() < 2 || label[0] != '_' || label[1] == '0') return std::nullopt;
  const char* end = label.data() + label.size();
  const auto [rest, error] = std::from_chars(label.data() + 1, end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

bool are_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// An asterisk that is not the first label: an ordinary label, and no host's (RFC 4592
/// 2.1.1).
bool has_inner_star(const std::vector<std::string_view>& labels) {
  return !labels.empty() &&
         std::find(labels.begin() + 1, labels.end(), "*") != labels.end();
}

/// Gathers services, each owner once.
class Gatherer {
 public:
  Gatherer(const Zone& zone, const ZoneTree& tree) : zone_(zone), tree_(tree) {}

  std::vector<ZoneService> run();

 private:
  void add_written(const ZoneRecord& record);
  void add_mail_host(const ZoneRecord& mx);
  void add_name(ZoneService& service, const dns::Name& name);
  void add_target(const ZoneRecord& srv);
  void add_covered(const dns::Name& host);
  void take_host(const ZoneRecord& record);
  ZoneService& add(const dns::Name& host, std::uint16_t port, std::string_view transport);

  const Zone& zone_;
  const ZoneTree& tree_;
  std::map<dns::Name, ZoneService> services_;
  std::set<std::pair<dns::Name, dns::Name>> names_;  // owner of a service, name of it
  std::set<dns::Name> mail_hosts_;
  std::set<dns::Name> hosts_;
  std::set<std::uint16_t> ports_;  // that some owner begins with
  ZoneService none_;               // what a name that is too long is added to
};

ZoneService& Gatherer::add(const dns::Name& host, std::uint16_t port,
                           std::string_view transport) {
  const auto owner =
      prefixed("_" + std::to_string(port) + "." + std::string(transport) + ".", host);
  if (!owner) return none_ = {};
  auto [at, is_new] = services_.try_emplace(*owner);
  ZoneService& out = at->second;
  if (!is_new) return out;
  out.owner = *owner;
  out.host = host;
  if (transport == "_tcp") out.kind = rrset::service_at(port);
  out.names.emplace_back(host);
  out.answer = tree_.lookup(*owner, {RecordType::tlsa});
  return out;
}

void Gatherer::add_written(const ZoneRecord& record) {
  const auto place = place_of(record.owner);
  if (!place || !is_below(record.owner, zone_.origin)) return;
  const auto labels = record.owner.labels();
  if (place->port) {
    add(place->host, *place->port, labels[1]);
  }
}

/// The domain that leads to a service is a name that its certificate may have (RFC 7672
/// 3.2.2, RFC 7673 4.2). A wildcard's own name is nobody's domain.
void Gatherer::add_name(ZoneService& service, const dns::Name& name) {
  if (name.text().starts_with('*') || name == service.host) return;
  if (names_.emplace(service.owner, name).second) service.names.emplace_back(name);
}

// The host and, if it is an alias, its expanded name are both bases (RFC 7672 2.2.2).
void Gatherer::add_mail_host(const ZoneRecord& mx) {
  const auto addresses =
      tree_.lookup(mx.target, {RecordType::a, RecordType::aaaa, RecordType::alias});
  for (const dns::Name& host : {mx.target, addresses.last}) {
    if (host.text().empty() || !is_below(host, zone_.origin)) continue;
    mail_hosts_.insert(host);
    ZoneService& service = add(host, kSmtpPort, "_tcp");
    add_name(service, mx.owner);
    add_name(service, mx.target);
  }
}

bool is_by_wildcard(const ZoneAnswer& answer) {
  const auto is_wildcard = [](const ZoneRecord* record) {
    return record->owner.text().starts_with("*.");
  };
  return std::ranges::any_of(answer.aliases, is_wildcard) ||
         std::ranges::any_of(answer.records, is_wildcard);
}

// A wildcard is the same for all ports: one of them stands for it, that of mail if the
// host has mail. A DNAME record leads each port to a place of its own.
void Gatherer::add_covered(const dns::Name& host) {
  for (const std::string_view transport : kTransports) {
    const auto above = prefixed(std::string(transport) + ".", host);
    const bool tcp = transport == "_tcp";
    if (!above || (!tcp && !tree_.exists(*above))) continue;
    const bool mail = tcp && mail_hosts_.contains(host);
    std::vector<std::uint16_t> ports;
    if (mail) ports.push_back(kSmtpPort);
    ports.insert(ports.end(), std::begin(kAnyPorts), std::end(kAnyPorts));
    ports.insert(ports.end(), ports_.begin(), ports_.end());
    bool by_wildcard = false;
    for (const std::uint16_t port : ports) {
      const auto owner = prefixed("_" + std::to_string(port) + ".", *above);
      if (!owner || !tree_.at(*owner).empty()) continue;
      const auto answer = tree_.lookup(*owner, {RecordType::tlsa});
      if (answer.end != AnswerEnd::data) continue;
      const bool wildcard = is_by_wildcard(answer);
      if (wildcard && (by_wildcard || (port == kSmtpPort && tcp && !mail))) continue;
      by_wildcard = by_wildcard || wildcard;
      add(host, port, transport);
    }
  }
}

void Gatherer::add_target(const ZoneRecord& srv) {
  const auto labels = srv.owner.labels();
  const bool looked_for = labels.size() > 2 && is_transport(labels[1]) && srv.port != 0;
  const bool here = is_below(srv.target, zone_.origin) && !srv.target.text().empty();
  if (!looked_for || !here) return;
  add_name(add(srv.target, srv.port, labels[1]), parent_of(parent_of(srv.owner)));
}

// A fragment of a zone may have its addresses elsewhere: there a wildcard says which host
// it is for.
void Gatherer::take_host(const ZoneRecord& record) {
  dns::Name host = record.owner;
  const bool wildcard = host.text().starts_with("*.");
  if (wildcard && !zone_.whole) {
    host = parent_of(host);
    const auto labels = host.labels();
    if (labels.size() > 1 && is_transport(labels[0])) host = parent_of(host);
  }
  const bool is_host = !host.text().empty() && !host.text().starts_with('_') &&
                       !host.text().starts_with('*') && is_below(host, zone_.origin);
  if (is_host) hosts_.insert(std::move(host));
}

std::vector<ZoneService> Gatherer::run() {
  constexpr std::size_t kMostPorts = 32;
  for (const ZoneRecord& record : zone_.records) {
    const auto port = port_of(record.owner.labels().empty() ? std::string_view()
                                                            : record.owner.labels()[0]);
    if (port && ports_.size() < kMostPorts) ports_.insert(*port);
    switch (record.type) {
      case RecordType::mx:
        add_mail_host(record);
        break;
      case RecordType::srv:
        add_target(record);
        break;
      case RecordType::tlsa:
      case RecordType::cname:
        add_written(record);
        take_host(record);
        break;
      case RecordType::a:
      case RecordType::aaaa:
      case RecordType::alias:
        take_host(record);
        break;
      default:
        break;
    }
  }
  if (tree_.covers()) {
    for (const dns::Name& host : hosts_) add_covered(host);
  }
  std::vector<ZoneService> out;
  for (auto& [owner, service] : services_) out.push_back(std::move(service));
  return out;
}

}  // namespace

std::optional<ServicePlace> place_of(const dns::Name& owner) {
  const auto labels = owner.labels();
  if (labels.size() < 3 || !is_transport(labels[1])) return std::nullopt;
  if (has_inner_star(labels)) return std::nullopt;
  ServicePlace out;
  if (labels[0] != "*") {
    out.port = port_of(labels[0]);
    if (!out.port) return std::nullopt;
  }
  out.host = parent_of(parent_of(owner));
  return out;
}

std::string wrong_place(const dns::Name& owner) {
  const auto labels = owner.labels();
  const std::string_view first = labels.empty() ? "" : labels[0];
  const std::string_view second = labels.size() < 2 ? "" : labels[1];
  if (has_inner_star(labels)) {
    return "an asterisk that is not the first label is no wildcard (RFC 4592 2.1.1)";
  }
  if (labels.size() < 3 && is_transport(second))
    return "there is no host behind the port";
  if (is_transport(first)) return "the port stands before the protocol: _25._tcp";
  if (is_transport(second)) {
    const bool number = first.starts_with('_') && are_digits(first.substr(1));
    if (number && first.starts_with("_0")) return "ports have no leading zeros: _25";
    if (number) return "ports are 1 to 65535";
    if (are_digits(first)) return "the port begins with an underscore: _25";
    return "the port is a number: _25";
  }
  if (port_of(first)) return "the protocol is _tcp, _udp or _sctp";
  return "not _PORT._PROTOCOL.HOST, and no alias of such a name leads here";
}

std::vector<ZoneService> services_of(const Zone& zone, const ZoneTree& tree) {
  return Gatherer(zone, tree).run();
}

}  // namespace publish
