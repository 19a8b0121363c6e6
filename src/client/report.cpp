#include "src/client/report.h"

#include <algorithm>

#include "src/base/json.h"

namespace client {
namespace {

std::string hyphenated(std::string code) {
  std::ranges::replace(code, '_', '-');
  return code;
}

/// The DNSSEC state of what the DNS said about TLSA records.
std::string_view dnssec_word(const Report& report) {
  if (report.error && report.error->code == "bogus") return "bogus";
  switch (report.facts.state) {
    case policy::TlsaState::present:
    case policy::TlsaState::absent:
      return "secure";
    case policy::TlsaState::insecure:
    case policy::TlsaState::insecure_address:
      return "insecure";
    case policy::TlsaState::not_asked:
      return "not-asked";
  }
  return "not-asked";
}

std::string_view status_word(const Report& report) {
  return report.verdict ? verify::to_text(report.verdict->outcome)
                        : verify::to_text(verify::Outcome::rejected);
}

const dns::Tlsa* matched_record(const Report& report) {
  if (!report.verdict || !report.verdict->record) return nullptr;
  return &report.facts.records.at(*report.verdict->record);
}

void write_record(base::JsonWriter& json, const dns::Tlsa& record,
                  const verify::RecordNote* note) {
  json.begin_object();
  json.member("usage", record.usage).member("selector", record.selector);
  json.member("matching", record.matching).member("data", base::to_hex(record.data));
  if (note != nullptr) {
    json.member("state", verify::to_text(note->state));
    json.member("reason", verify::to_text(note->reason));
    json.member("detail", note->detail);
    if (note->depth) json.member("depth", *note->depth);
  }
  json.end_object();
}

void write_dns(base::JsonWriter& json, const Report& report) {
  json.key("dns").begin_object();
  json.member("dnssec", dnssec_word(report));
  json.member("tlsa", policy::to_text(report.facts.state));
  json.member("owner", report.facts.owner.text());
  json.key("records").begin_array();
  for (std::size_t i = 0; i < report.facts.records.size(); ++i) {
    const bool noted = report.verdict && i < report.verdict->notes.size();
    write_record(json, report.facts.records[i],
                 noted ? &report.verdict->notes[i] : nullptr);
  }
  json.end_array().end_object();
}

void write_verdict(base::JsonWriter& json, const verify::Verdict& verdict) {
  if (verdict.depth) json.member("depth", *verdict.depth);
  if (verdict.record) json.member("record", *verdict.record);
  if (!verdict.matched_name.empty()) json.member("name", verdict.matched_name);
  json.member("presented", verdict.presented);
  json.member("warnings", verdict.warnings);
}

void write_session(base::JsonWriter& json, const tls::SessionFacts& session) {
  json.key("tls").begin_object();
  json.member("protocol", session.protocol).member("cipher", session.cipher);
  json.member("group", session.group);
  json.member("exporter", base::to_hex(session.exporter));
  json.end_object();
}

}  // namespace

std::string reason_word(const Report& report) {
  const bool judged = report.verdict.has_value();
  if (report.error && !(judged && report.error->code == "refused")) {
    return hyphenated(report.error->code);
  }
  return judged ? std::string(verify::to_text(report.verdict->reason)) : "unknown";
}

std::string reason_line(const Report& report) {
  const bool refused = report.verdict && report.error && report.error->code == "refused";
  if (report.error && !refused) return base::printable(report.error->detail, 600);
  if (!report.verdict) return "nothing was proved";
  return base::printable(report.verdict->detail, 600);
}

std::string to_json(const Report& report) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("host", report.host).member("port", report.port);
  if (report.peer) json.member("address", net::to_text(report.peer->address));
  json.member("policy", policy::to_text(report.level));
  json.member("status", status_word(report));
  json.member("reason", reason_word(report));
  json.member("detail", reason_line(report));
  if (report.verdict) write_verdict(json, *report.verdict);
  write_dns(json, report);
  if (report.session) write_session(json, *report.session);
  json.end_object();
  return json.text();
}

std::vector<std::pair<std::string, std::string>> dane_variables(const Report& report) {
  const dns::Tlsa* record = matched_record(report);
  const auto number = [&](std::uint8_t dns::Tlsa::*field) {
    return record == nullptr ? std::string() : std::to_string(record->*field);
  };
  const bool has_depth = report.verdict && report.verdict->depth;
  return {
      {"DANE_STATUS", std::string(status_word(report))},
      {"DANE_REASON", reason_word(report)},
      {"DANE_DETAIL", reason_line(report)},
      {"DANE_POLICY", std::string(policy::to_text(report.level))},
      {"DANE_DNSSEC", std::string(dnssec_word(report))},
      {"DANE_TLSA", std::string(policy::to_text(report.facts.state))},
      {"DANE_TLSA_OWNER", report.facts.owner.text()},
      {"DANE_USAGE", number(&dns::Tlsa::usage)},
      {"DANE_SELECTOR", number(&dns::Tlsa::selector)},
      {"DANE_MATCHING", number(&dns::Tlsa::matching)},
      {"DANE_DEPTH", has_depth ? std::to_string(*report.verdict->depth) : ""},
      {"DANE_NAME", report.verdict ? report.verdict->matched_name : ""},
      {"DANE_CHANNEL_BINDING",
       report.session ? base::to_hex(report.session->exporter) : ""},
  };
}

}  // namespace client
