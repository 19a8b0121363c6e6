#include "cli/dane/audit/json.h"

#include "src/base/json.h"
#include "src/client/verdict_json.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::report {
namespace {

using namespace audit;

void write_findings(base::JsonWriter& json, const std::vector<Finding>& findings) {
  json.key("findings").begin_array();
  for (const Finding& finding : findings) {
    const Kind& kind = kind_of(finding.code);
    json.begin_object().member("code", kind.word);
    json.member("severity", audit::to_text(kind.severity));
    json.member("subject", finding.subject).member("detail", finding.detail);
    json.end_object();
  }
  json.end_array();
}

void write_certificate(base::JsonWriter& json, const base::Bytes& der) {
  json.begin_object();
  json.member("sha256", base::to_hex(verify::sha256(der)));
  if (const auto certificate = verify::parse_certificate(der)) {
    json.member("spki_sha256", base::to_hex(verify::sha256(certificate->spki)));
    if (const auto validity = verify::validity_of(*certificate)) {
      json.member("not_before", verify::to_text(validity->not_before));
      json.member("not_after", verify::to_text(validity->not_after));
    }
  }
  json.end_object();
}

void write_chain(base::JsonWriter& json, const verify::Chain& chain) {
  constexpr std::size_t kMost = 8;
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    json.member("raw_public_key_sha256", base::to_hex(verify::sha256(raw->spki)));
    return;
  }
  json.key("chain").begin_array();
  std::size_t written = 0;
  for (const base::Bytes& der : std::get<verify::Certificates>(chain)) {
    if (written++ == kMost) break;
    write_certificate(json, der);
  }
  json.end_array();
}

void write_address(base::JsonWriter& json, const AddressSeen& address,
                   const AddressAccess& result) {
  const Shown& shown = usual(address);
  json.begin_object().member("address", net::to_text(address.address));
  json.member("access", audit::to_text(result.access));
  if (shown.error) json.member("error", shown.error->detail);
  if (const auto& session = shown.session) {
    json.member("protocol", session->protocol).member("cipher", session->cipher);
    json.member("group", session->group);
    write_chain(json, shown.chain);
  }
  if (const auto& verdict = result.verdict) {
    json.member("outcome", verify::to_text(verdict->outcome));
    json.member("reason", verify::to_text(verdict->reason));
    json.member("detail", verdict->detail);
    client::write_verdict(json, *verdict);
  }
  json.end_object();
}

void write_tlsa(base::JsonWriter& json, const HostSeen& host, const HostAccess& result) {
  json.key("tlsa").begin_object();
  if (host.tlsa_error) {
    json.member("state", "error").member("error", host.tlsa_error->detail);
  } else {
    json.member("state", policy::to_text(host.tlsa.state));
  }
  if (!host.tlsa.owner.text().empty()) json.member("owner", host.tlsa.owner.text());
  if (host.signature) json.member("ttl", host.signature->original_ttl.count());
  if (host.tlsa.signed_until) {
    json.member("signed_until", verify::to_text(*host.tlsa.signed_until));
  }
  const verify::Verdict* verdict = nullptr;
  for (const AddressAccess& address : result.addresses) {
    if (address.verdict) {
      verdict = &*address.verdict;
      break;
    }
  }
  client::write_records(json, "records", host.tlsa.records, verdict);
  json.end_object();
}

void write_host(base::JsonWriter& json, const HostSeen& host, const HostAccess& result,
                std::uint16_t preference) {
  json.begin_object().member("name", host.name.text()).member("preference", preference);
  json.member("access", audit::to_text(result.access));
  if (host.error) {
    json.member("error", host.error->detail).end_object();
    return;
  }
  json.member("dnssec", dns::to_text(host.host.security));
  write_tlsa(json, host, result);
  json.key("addresses").begin_array();
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    write_address(json, host.addresses[i], result.addresses[i]);
  }
  json.end_array().end_object();
}

void write_sts_policy(base::JsonWriter& json, const StsSeen& facts) {
  json.key("mta_sts").begin_object();
  if (facts.error) {
    json.member("error", facts.error->detail).end_object();
    return;
  }
  json.member("mode", mail::to_text(facts.policy.mode));
  json.member("max_age", facts.policy.max_age.count());
  json.member("mx", facts.policy.hosts).end_object();
}

}  // namespace

std::string json_line(const DomainAudit& audited) {
  const DomainSeen& facts = audited.seen;
  base::JsonWriter json;
  // What --resume looks for stands first: it need not read further.
  json.begin_object().member("version", kSchema).member("number", audited.item.number);
  json.member("grade", audit::to_text(audited.judgement.grade));
  json.member("input", audited.item.word).member("domain", facts.domain.text());
  if (facts.domain.unicode() != facts.domain.text()) {
    json.member("unicode", facts.domain.unicode());
  }
  json.member("time", verify::to_text(audited.moment));
  json.member("milliseconds", audited.took.count());
  if (const auto& cause = audited.judgement.cause) {
    json.member("cause", kind_of(*cause).word);
  }
  write_findings(json, audited.judgement.findings);
  if (!facts.error) {
    json.key("mx").begin_object();
    json.member("dnssec", dns::to_text(facts.mx.security));
    json.member("implicit", !facts.mx.from_mx).end_object();
  }
  if (facts.sts_policy) write_sts_policy(json, *facts.sts_policy);
  json.key("hosts").begin_array();
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    write_host(json, facts.hosts[i]->seen, audited.judgement.hosts[i],
               facts.mx.hosts[i].preference);
  }
  json.end_array().end_object();
  return json.text() + "\n";
}

}  // namespace cli::report
