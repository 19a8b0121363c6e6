#include "src/client/report.h"

#include "src/client/verdict_json.h"
#include "src/tls/certificate_text.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace client {
namespace {

/// The DNSSEC state of what the DNS said about TLSA records.
std::string_view dnssec_word(const Report& report) {
  if (report.error && report.error->code == base::Code::bogus) return "bogus";
  if (report.facts.are_pins) return "not-asked";
  switch (report.facts.state) {
    case policy::TlsaState::present:
    case policy::TlsaState::absent:
      return "secure";
    case policy::TlsaState::insecure:
    case policy::TlsaState::insecure_address:
      return "insecure";
    case policy::TlsaState::insecure_service:
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

void write_chain(base::JsonWriter& json, const verify::Chain& chain) {
  json.key("chain").begin_array();
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  for (const base::Bytes& der :
       certificates != nullptr ? *certificates : verify::Certificates()) {
    const auto words = tls::describe_certificate(der);
    const auto parts = verify::parse_certificate(der);
    const auto validity = parts ? verify::validity_of(*parts) : std::nullopt;
    json.begin_object().member("subject", words.subject).member("issuer", words.issuer);
    json.member("key", words.key_algorithm);
    if (validity) {
      json.member("not_before", verify::to_text(validity->not_before));
      json.member("not_after", verify::to_text(validity->not_after));
    }
    json.member("sha256", base::to_hex(verify::sha256(der)));
    if (parts) json.member("spki_sha256", base::to_hex(verify::sha256(parts->spki)));
    json.end_object();
  }
  json.end_array();
}

void write_session(base::JsonWriter& json, const tls::SessionFacts& session) {
  json.key("tls").begin_object();
  json.member("protocol", session.protocol).member("cipher", session.cipher);
  json.member("group", session.group);
  json.member("exporter", base::to_hex(session.exporter));
  json.end_object();
}

}  // namespace

void add(Report& report, const Connection& connection) {
  const Seen& seen = connection.seen;
  report.verdict = seen.verdict;
  report.session = seen.session;
  report.chain = seen.chain;
  report.error = seen.error;
  if (seen.progress != Progress::nothing) {
    report.peer = connection.peer;
  } else if (!connection.failures.empty()) {
    const io::ConnectFailure& last = connection.failures.back();
    report.peer = last.peer;
    report.error = base::Error{base::ErrorKind::temporary, base::Code::connect,
                               "unable to connect: " + last.error.detail};
  }
}

std::string reason_word(const Report& report) {
  const bool judged = report.verdict.has_value();
  if (report.error && !(judged && report.error->code == base::Code::refused)) {
    return std::string(base::to_text(report.error->code));
  }
  return judged ? std::string(verify::to_text(report.verdict->reason)) : "unknown";
}

std::string reason_line(const Report& report) {
  const bool refused =
      report.verdict && report.error && report.error->code == base::Code::refused;
  if (report.error && !refused) return base::printable(report.error->detail, base::kLine);
  if (!report.verdict) return "nothing was proved";
  return base::printable(report.verdict->detail, base::kLine);
}

std::string to_json(const Report& report) {
  base::JsonWriter json;
  write_report(json, report);
  return json.text();
}

void write_dns(base::JsonWriter& json, const Report& report) {
  json.key("dns").begin_object();
  json.member("dnssec", dnssec_word(report));
  json.member("tlsa", policy::to_text(report.facts.state));
  if (report.facts.are_pins) json.member("given", true);
  json.member("owner", report.facts.owner.text());
  json.member("ttl", report.facts.ttl.count());
  if (report.facts.signed_until) {
    json.member("signed_until", verify::to_text(*report.facts.signed_until));
  }
  write_records(json, "records", report.facts.records,
                report.verdict ? &*report.verdict : nullptr);
  json.end_object();
}

void write_report(base::JsonWriter& json, const Report& report) {
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
  if (report.verdict) write_chain(json, report.chain);
  json.end_object();
}

std::vector<std::pair<std::string, std::string>> dane_variables(const Report& report) {
  const dns::Tlsa* record = matched_record(report);
  const auto number = [&](auto field) {
    return record == nullptr ? std::string()
                             : std::to_string(static_cast<unsigned>(record->*field));
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
