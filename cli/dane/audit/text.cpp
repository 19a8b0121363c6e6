#include "cli/dane/audit/text.h"

#include "cli/severity.h"
#include "src/base/bytes.h"
#include "src/tls/certificate_text.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::report {
namespace {

using namespace audit;

std::string painted_access(Access access, const Paint& paint) {
  switch (access) {
    case Access::proved:
      return paint.good("proved");
    case Access::encrypted:
      return paint.doubtful("encrypted, nobody proved");
    case Access::open:
      return paint.doubtful("open to downgrades");
    case Access::refused:
      return paint.bad("not used by senders that enforce DANE");
    case Access::unknown:
      return paint.doubtful("not known");
  }
  return "";
}

std::string finding_in_words(const Finding& finding, const Paint& paint, bool verbose) {
  const Kind& kind = kind_of(finding.code);
  std::string word(audit::to_text(kind.severity));
  word.resize(8, ' ');
  std::string out = "  " + painted(kind.severity, word, paint) + std::string(kind.word) +
                    "  " + paint.strong(base::printable(finding.subject)) + ": " +
                    std::string(kind.title) + "\n";
  out += "          " + base::printable(finding.detail, base::kLine) + "\n";
  if (kind.severity != Severity::note || verbose) {
    out += paint.faint("          " + std::string(kind.advice) + " (" +
                       std::string(kind.source) + ")") +
           "\n";
  }
  return out;
}

std::string certificate_in_words(const base::Bytes& der, std::size_t depth) {
  const auto words = tls::describe_certificate(der);
  const auto parts = verify::parse_certificate(der);
  std::string out =
      "        " + std::to_string(depth) + "  " +
      (words.subject.empty() ? "(no subject)" : base::printable(words.subject)) + "\n";
  if (!parts) return out;
  const auto validity = verify::validity_of(*parts);
  return out + "           " + words.key_algorithm + ", until " +
         (validity ? verify::to_text(validity->not_after) : "?") + ", SPKI SHA2-256 " +
         base::to_hex(verify::sha256(parts->spki)) + "\n";
}

std::string address_in_words(const AddressSeen& address, const AddressAccess& result,
                             const Paint& paint, bool verbose) {
  std::string out = "    " + net::to_text(address.address) + "  " +
                    painted_access(result.access, paint);
  const Shown& shown = usual(address);
  if (const auto& session = shown.session) {
    out += "  " + session->protocol + " " + session->cipher;
  }
  if (result.verdict && verify::accepted(result.verdict->outcome)) {
    out += "  " + result.verdict->detail;
  }
  out += "\n";
  const auto* chain = std::get_if<verify::Certificates>(&shown.chain);
  if (!verbose || chain == nullptr) return out;
  for (std::size_t depth = 0; depth < chain->size(); ++depth) {
    out += certificate_in_words((*chain)[depth], depth);
  }
  return out;
}

std::string records_in_words(const HostSeen& host, const HostAccess& result) {
  std::string out;
  const verify::Verdict* verdict = nullptr;
  for (const AddressAccess& address : result.addresses) {
    if (address.verdict && verdict == nullptr) verdict = &*address.verdict;
  }
  for (std::size_t i = 0; i < host.tlsa.records.size(); ++i) {
    out += "      TLSA " + dns::to_text(host.tlsa.records[i], 128);
    if (verdict != nullptr && i < verdict->notes.size()) {
      out += "  " + std::string(verify::to_text(verdict->notes[i].state));
    }
    out += "\n";
  }
  return out;
}

std::string host_in_words(const HostSeen& host, const HostAccess& result,
                          std::uint16_t preference, const Paint& paint, bool verbose) {
  std::string out = "  MX " + std::to_string(preference) + " " +
                    paint.strong(base::printable(host.name.unicode())) + "  " +
                    painted_access(result.access, paint);
  if (!host.error && !host.tlsa_error) {
    out += "  TLSA " + std::string(policy::to_text(host.tlsa.state));
  }
  out += "\n";
  if (verbose) out += records_in_words(host, result);
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    out += address_in_words(host.addresses[i], result.addresses[i], paint, verbose);
  }
  return out;
}

std::string policy_in_words(const StsSeen& facts) {
  if (facts.error) return "";  // a finding says it
  std::string out = "  MTA-STS " + std::string(mail::to_text(facts.policy.mode)) +
                    ", max_age " + std::to_string(facts.policy.max_age.count()) + ":";
  for (const std::string& host : facts.policy.hosts) out += " " + host;
  return base::printable(out, base::kLine) + "\n";
}

}  // namespace

std::string painted(Grade grade, const Paint& paint) {
  const std::string word(audit::to_text(grade));
  switch (grade) {
    case Grade::enforced:
      return paint.good(word);
    case Grade::broken:
    case Grade::bad_input:
      return paint.bad(word);
    default:
      return paint.doubtful(word);
  }
}

std::string_view meaning_of(Grade grade) {
  switch (grade) {
    case Grade::enforced:
      return "every way in is proved by DANE";
    case Grade::not_deployed:
      return "no mail host has TLSA records that count";
    case Grade::partial:
      return "mail gets through, but not every way in is there and proved";
    case Grade::undecided:
      return "it could not be found out now";
    case Grade::broken:
      return "senders that enforce DANE defer";
    case Grade::bad_input:
      return "it is no domain name";
  }
  return "";
}

std::string text_of(const DomainAudit& audited, const Paint& paint, bool verbose) {
  const DomainSeen& facts = audited.seen;
  std::string out =
      paint.strong(base::printable(
          facts.domain.text().empty() ? audited.item.word : facts.domain.unicode(),
          base::kName)) +
      "  " + painted(audited.judgement.grade, paint) + ": " +
      std::string(meaning_of(audited.judgement.grade)) + "\n";
  for (std::size_t i = 0; i < facts.hosts.size(); ++i) {
    out += host_in_words(facts.hosts[i]->seen, audited.judgement.hosts[i],
                         facts.mx.hosts[i].preference, paint, verbose);
  }
  if (verbose && facts.sts_policy) out += policy_in_words(*facts.sts_policy);
  for (const Finding& finding : audited.judgement.findings) {
    out += finding_in_words(finding, paint, verbose);
  }
  return out;
}

}  // namespace cli::report
