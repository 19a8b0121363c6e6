#include "cli/dane/lookup_answer.h"

#include <vector>

#include "cli/layout.h"
#include "cli/moment.h"
#include "cli/severity.h"
#include "src/base/json.h"
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

/// What there is at the name, in a sentence without its end.
std::string state_in_words(const policy::DnsFacts& facts) {
  switch (facts.state) {
    case policy::TlsaState::present:
      return counted(facts.records.size(), "TLSA record", "TLSA records") +
             ", signed with DNSSEC";
    case policy::TlsaState::absent:
      return "no TLSA records; DNSSEC proves that";
    case policy::TlsaState::insecure:
      return "no usable TLSA records: the answer is not signed with DNSSEC";
    case policy::TlsaState::insecure_address:
      return "no usable TLSA records: the host's addresses are not signed with DNSSEC";
    case policy::TlsaState::insecure_service:
    case policy::TlsaState::not_asked:
      break;
  }
  return "TLSA records were not asked for";
}

void tell_host(TextLayout& layout, const resolver::Host& host) {
  const bool is_signed = host.security == dns::Security::secure;
  layout.row("host", host.original.unicode() + (is_signed ? "  signed" : "  not signed"));
  if (!host.aliases.empty()) {
    std::string way;
    for (const auto& alias : host.aliases) way += alias.text() + " -> ";
    layout.row("aliases", way + host.canonical.text());
  }
  std::string addresses;
  for (const auto& address : host.addresses) addresses += " " + net::to_text(address);
  if (!addresses.empty()) layout.row("addresses", addresses.substr(1));
}

/// The numbers and what they mean, then the data in lines that a screen holds.
void tell_record(TextLayout& layout, const dns::Tlsa& record, const Paint& paint) {
  constexpr std::size_t kDigits = 64;
  layout.row("record",
             dns::parameters(record) + "  " + paint.faint(dns::parameter_words(record)));
  const std::string data = base::to_hex(record.data);
  for (std::size_t at = 0; at < data.size(); at += kDigits) {
    layout.row("", data.substr(at, kDigits));
  }
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

/// A fault behind its severity.
void tell_fault(TextLayout& layout, const rrset::Fault& fault, const LookupAnswer& lookup,
                const Paint& paint) {
  const auto& text = rrset::text_of(fault.rule);
  const bool about_set = text.about == rrset::Subject::set;
  layout.row(
      painted(text.severity, to_text(text.severity), paint),
      (about_set ? "" : dns::parameters(lookup.facts.records.at(fault.record)) + ": ") +
          rrset::in_words(fault) + " (" + std::string(text.word) + ")");
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
  const std::string state = state_in_words(facts);
  TextLayout layout(output_columns());
  layout.sentence(0, paint.strong(facts.owner.text().empty() ? lookup.name.text()
                                                             : facts.owner.text()) +
                         ": " + (present ? paint.good(state) : paint.doubtful(state)));
  layout.gap().labels(2, 11);
  tell_host(layout, *lookup.host);
  if (!present) return layout.text();
  std::string valid = "TTL " + span_in_words(facts.ttl);
  if (facts.signed_until) {
    valid += ", signature good for " + span_in_words(*facts.signed_until - now) +
             ", until " + verify::to_text(*facts.signed_until);
  }
  layout.row("valid", valid);
  for (const dns::Tlsa& record : facts.records) tell_record(layout, record, paint);
  for (const rrset::Fault& fault : faults_of(lookup)) {
    tell_fault(layout, fault, lookup, paint);
  }
  return layout.text();
}

}  // namespace cli::dane
