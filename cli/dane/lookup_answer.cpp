#include "cli/dane/lookup_answer.h"

#include <vector>

#include "cli/severity.h"
#include "src/base/json.h"
#include "src/base/time_span.h"
#include "src/client/verdict_json.h"
#include "src/rrset/faults.h"
#include "verify/certificate.h"

namespace cli::dane {
namespace {

std::string_view status_of(const LookupAnswer& lookup) {
  if (lookup.error) return "undecided";
  return policy::to_text(lookup.facts.state);
}

void write_host(base::JsonWriter& json, const resolver::Host& host) {
  std::vector<std::string> aliases, addresses, bases;
  for (const auto& name : host.aliases) aliases.push_back(name.text());
  for (const auto& address : host.addresses) addresses.push_back(net::to_text(address));
  for (const auto& name : host.base_domains) bases.push_back(name.text());
  json.member("canonical", host.canonical.text()).member("aliases", aliases);
  json.member("dnssec", dns::to_text(host.security)).member("addresses", addresses);
  json.member("base_domains", bases);
}

std::string state_in_words(policy::TlsaState state) {
  switch (state) {
    case policy::TlsaState::present:
      return "signed";
    case policy::TlsaState::absent:
      return "none: DNSSEC proves that";
    case policy::TlsaState::insecure:
      return "not usable: the answer is not signed with DNSSEC";
    case policy::TlsaState::insecure_address:
      return "not asked: the host's addresses are not signed with DNSSEC";
    case policy::TlsaState::insecure_service:
    case policy::TlsaState::not_asked:
      return "not asked";
  }
  return "not asked";
}

std::string host_in_words(const resolver::Host& host) {
  const bool is_signed = host.security == dns::Security::secure;
  std::string out = "host       " + host.original.unicode() + "  (" +
                    std::string(is_signed ? "signed" : "not signed") + ")\n";
  if (!host.aliases.empty()) {
    out += "aliases    ";
    for (const auto& alias : host.aliases) out += alias.text() + " -> ";
    out += host.canonical.text() + "\n";
  }
  out += "addresses ";
  for (const auto& address : host.addresses) out += " " + net::to_text(address);
  return out + "\n";
}

/// What is wrong with the records by themselves: no server was seen.
std::vector<rrset::Fault> faults_of(const LookupAnswer& lookup) {
  auto set = rrset::record_set(lookup.facts.records, rrset::service_at(lookup.port));
  set.ttl = lookup.facts.ttl;
  return rrset::faults(set);
}

void write_faults(base::JsonWriter& json, const LookupAnswer& lookup) {
  json.key("findings").begin_array();
  for (const rrset::Fault& fault : faults_of(lookup)) {
    const auto& text = rrset::text_of(fault.rule);
    json.begin_object().member("severity", to_text(text.severity));
    json.member("code", text.word);
    if (text.about == rrset::Subject::record) json.member("record", fault.record);
    json.member("detail", rrset::in_words(fault)).end_object();
  }
  json.end_array();
}

/// A fault in a line for people, behind its severity.
std::string line_of(const rrset::Fault& fault, const LookupAnswer& lookup,
                    const Paint& paint) {
  const auto& text = rrset::text_of(fault.rule);
  const std::string_view word = to_text(text.severity);
  const std::string padding(11 - word.size(), ' ');
  const bool about_set = text.about == rrset::Subject::set;
  return painted(text.severity, word, paint) + padding +
         (about_set ? ""
                    : dns::parameters(lookup.facts.records.at(fault.record)) + ": ") +
         rrset::in_words(fault) + " (" + std::string(text.word) + ")\n";
}

}  // namespace

Outcome outcome_of(const LookupAnswer& lookup) {
  if (lookup.error) return cli::dane::outcome_of(lookup.error->kind);
  return lookup.facts.state == policy::TlsaState::present ? Outcome::fine
                                                          : Outcome::findings;
}

std::string json_of(const LookupAnswer& lookup, std::chrono::sys_seconds now) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("host", lookup.name.text()).member("port", lookup.port);
  json.member("status", status_of(lookup));
  if (lookup.error) {
    json.member("reason", base::to_text(lookup.error->code));
    json.member("detail", lookup.error->detail);
    if (!lookup.advice.empty()) json.member("advice", lookup.advice);
  }
  if (lookup.host) write_host(json, *lookup.host);
  if (!lookup.error) {
    const auto& facts = lookup.facts;
    json.member("owner", facts.owner.text()).member("ttl", facts.ttl.count());
    if (facts.signed_until) {
      json.member("signed_until", verify::to_text(*facts.signed_until));
      json.member("signed_for", (*facts.signed_until - now).count());
    }
    client::write_records(json, "records", facts.records, nullptr);
    write_faults(json, lookup);
  }
  json.end_object();
  return json.text() + "\n";
}

std::string text_of(const LookupAnswer& lookup, const Paint& paint,
                    std::chrono::sys_seconds now) {
  const auto& facts = lookup.facts;
  const bool present = facts.state == policy::TlsaState::present;
  std::string out = host_in_words(*lookup.host);
  out += "TLSA       " + (facts.owner.text().empty() ? "-" : facts.owner.text()) + "  " +
         (present ? paint.good("signed") : paint.doubtful(state_in_words(facts.state))) +
         "\n";
  if (!present) return out;
  out += "valid      TTL " + base::span_in_short(facts.ttl);
  if (facts.signed_until) {
    out += ", signatures good for " + base::span_in_short(*facts.signed_until - now) +
           ", until " + verify::to_text(*facts.signed_until);
  }
  out += "\n";
  for (const dns::Tlsa& record : facts.records) {
    out += "record     " + dns::to_text(record) + "  " +
           paint.faint(dns::parameter_words(record)) + "\n";
  }
  for (const rrset::Fault& fault : faults_of(lookup)) {
    out += line_of(fault, lookup, paint);
  }
  return out;
}

}  // namespace cli::dane
