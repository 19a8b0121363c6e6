#include "src/qmail/delivery_about.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/bytes.h"
#include "src/base/pem.h"
#include "src/evidence/checkpoint.h"
#include "src/witness/demand_json.h"

namespace qmail {
namespace {

using evidence::Json;

constexpr std::array<std::pair<Scope, const char*>, 3> kScopes = {
    {{Scope::default_policy, "default"},
     {Scope::domain, "domain"},
     {Scope::host, "host"}}};

struct NoAbout {};

policy::Demand demand_of(const MailPolicy& policy) {
  policy::Demand out;
  out.level = policy.level;
  out.service = policy::Service::smtp;
  out.without_tlsa = policy.without_tlsa;
  out.name_check = policy.names;
  out.names.assign(policy.match.begin(), policy.match.end());
  if (policy.pinned) out.pins = {*policy.pinned};
  return out;
}

Json to_value(const TriedHost& one) {
  const auto* scope =
      std::ranges::find(kScopes, one.policy.scope, &std::pair<Scope, const char*>::first);
  Json out = {{"host", one.host},
              {"scope", scope->second},
              {"source", base::to_utf8(one.policy.source)},
              {"demand", witness::to_value(demand_of(one.policy))}};
  if (one.policy.port) out["port"] = *one.policy.port;
  if (one.trust_store) out["trustStore"] = base::to_base64(*one.trust_store);
  return out;
}

// --- reading: what is no such thing throws, or comes out otherwise when it is written

Scope scope_in(const std::string& word) {
  for (const auto& [scope, text] : kScopes) {
    if (word == text) return scope;
  }
  throw NoAbout();
}

evidence::Octets32 hash_in(const std::string& text) {
  const auto hash = evidence::hash_from_base64(text);
  if (!hash) throw NoAbout();
  return *hash;
}

MailPolicy policy_in(const policy::Demand& demand) {
  MailPolicy out;
  out.level = demand.level;
  out.without_tlsa = demand.without_tlsa;
  out.names = demand.name_check;
  for (const policy::ReferenceName& name : demand.names) {
    if (!std::holds_alternative<dns::Name>(name)) throw NoAbout();
    out.match.push_back(std::get<dns::Name>(name));
  }
  if (!demand.pins.empty()) out.pinned = demand.pins.front();
  return out;
}

TriedHost tried_in(const Json& value) {
  const auto demand = witness::demand_in(value.at("demand"));
  if (!demand) throw NoAbout();
  TriedHost out;
  out.host = value.at("host").get<std::string>();
  out.policy = policy_in(*demand);
  out.policy.scope = scope_in(value.at("scope").get<std::string>());
  out.policy.source = value.at("source").get<std::string>();
  if (value.contains("port")) out.policy.port = value.at("port").get<std::uint16_t>();
  if (value.contains("trustStore")) {
    out.trust_store = hash_in(value.at("trustStore").get<std::string>());
  }
  return out;
}

DeliveryAbout parts_of(const Json& value) {
  DeliveryAbout out;
  out.domain = value.at("domain").get<std::string>();
  if (value.contains("relay")) {
    const Json& relay = value.at("relay");
    out.relay.emplace().host = relay.at("host").get<std::string>();
    if (relay.contains("port")) out.relay->port = relay.at("port").get<std::uint16_t>();
  }
  for (const Json& one : value.at("tries")) out.tries.push_back(tried_in(one));
  return out;
}

}  // namespace

Json to_value(const DeliveryAbout& about) {
  Json out = {{"command", "deliver"},
              {"domain", base::to_utf8(about.domain)},
              {"tries", Json::array()}};
  if (about.relay) {
    out["relay"] = Json{{"host", base::to_utf8(about.relay->host)}};
    if (about.relay->port) out["relay"]["port"] = *about.relay->port;
  }
  for (const TriedHost& one : about.tries) out["tries"].push_back(to_value(one));
  return out;
}

base::Result<DeliveryAbout> about_in(const Json& value) {
  try {
    DeliveryAbout out = parts_of(value);
    if (to_value(out) == value) return out;
    return evidence::does_not_hold("about: not in its one form");
  } catch (const Json::exception&) {
    return evidence::does_not_hold("about: a member of another type, or none");
  } catch (const NoAbout&) {
    return evidence::does_not_hold("about: a try that cannot be read");
  }
}

}  // namespace qmail
