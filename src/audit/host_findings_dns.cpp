#include <algorithm>
#include <array>

#include "resolver/rcode.h"
#include "src/audit/host_findings.h"
#include "src/audit/soon.h"
#include "src/base/counted.h"
#include "src/base/time_span.h"
#include "verify/certificate.h"

namespace audit {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::size_t kFitsEverywhere = 1232;  // octets that are not cut into fragments
constexpr seconds kLongestSignature = hours(24 * 31);

std::string rcode_word(int rcode) {
  constexpr std::array<const char*, 6> kWords = {"NOERROR",  "FORMERR", "SERVFAIL",
                                                 "NXDOMAIN", "NOTIMP",  "REFUSED"};
  return rcode >= 0 && rcode < 6 ? kWords.at(static_cast<std::size_t>(rcode))
                                 : "RCODE " + std::to_string(rcode);
}

std::string words_of(const ServerAnswer& answer) {
  if (answer.records.empty()) return rcode_word(answer.rcode) + ", no record";
  return base::counted(answer.records.size(), "record") +
         (answer.signature ? "" : " without signature");
}

bool answers(const ServerAnswer& answer) {
  return !answer.error &&
         (answer.rcode == resolver::kNoError || answer.rcode == resolver::kNxdomain);
}

bool same(const ServerAnswer& a, const ServerAnswer& b) {
  return a.records == b.records && a.signature.has_value() == b.signature.has_value() &&
         (!a.records.empty() || a.rcode == b.rcode);
}

void add_server_findings(const HostSeen& host, std::chrono::sys_seconds now,
                         std::vector<Finding>& out) {
  for (const std::string& server : host.servers_out_of_reach) {
    out.push_back({Code::private_address, server, "a name server, which was not asked"});
  }
  const ServerAnswer* first = nullptr;
  for (const ServerAnswer& answer : host.servers) {
    if (!answers(answer)) {
      out.push_back(
          {Code::tlsa_server_fails, answer.server,
           answer.error ? answer.error->detail : "answers " + rcode_word(answer.rcode)});
      continue;
    }
    const auto& signature = answer.signature;
    if (signature && (now > signature->until || now < signature->since)) {
      out.push_back({Code::tlsa_server_stale, answer.server,
                     "signed from " + verify::to_text(signature->since) + " until " +
                         verify::to_text(signature->until)});
    }
    if (!answer.tcp) {
      out.push_back({Code::tlsa_server_no_tcp, answer.server, "no answer over TCP"});
    }
    if (first == nullptr) {
      first = &answer;
    } else if (!same(*first, answer)) {
      out.push_back({Code::tlsa_servers_differ, host.name.text(),
                     first->server + ": " + words_of(*first) + "; " + answer.server +
                         ": " + words_of(answer)});
    }
  }
}

void add_signature_findings(const HostSeen& host, std::chrono::sys_seconds now,
                            std::vector<Finding>& out) {
  if (!host.signature) return;
  const std::string owner = host.tlsa.owner.text();
  const dns::Signature& signature = *host.signature;
  const auto until = host.tlsa.signed_until.value_or(signature.until);
  if (until - now < kSignatureSoon) {
    out.push_back({Code::signature_expires_soon, owner,
                   base::span_in_words(until - now) + " left"});
  }
  if (signature.until - signature.since > kLongestSignature) {
    out.push_back({Code::signature_too_long, owner,
                   "good for " + base::span_in_words(signature.until - signature.since)});
  }
}

void add_lookup_findings(const HostSeen& host, std::vector<Finding>& out) {
  const std::string name = host.name.text();
  if (const auto& error = host.error ? host.error : host.family_error) {
    const Code code = error->code == base::Code::bogus        ? Code::host_bogus
                      : error->code == base::Code::no_address ? Code::host_no_address
                                                              : Code::host_lookup_fails;
    out.push_back({code, name, error->detail});
  }
  if (host.error) return;
  if (host.tlsa_error) {
    const bool bogus = host.tlsa_error->code == base::Code::bogus;
    out.push_back({bogus ? Code::tlsa_bogus : Code::tlsa_lookup_fails, name,
                   host.tlsa_error->detail});
    return;
  }
  if (host.dangling) {
    out.push_back({Code::tlsa_alias_dangling, host.tlsa.owner.text(),
                   "stands for " + host.dangling->text() + ", which has none"});
    return;
  }
  switch (host.tlsa.state) {
    case policy::TlsaState::insecure_address:
      out.push_back({Code::host_insecure, name, "addresses without DNSSEC"});
      break;
    case policy::TlsaState::insecure:
      out.push_back(
          {host.denied ? Code::tlsa_absent : Code::tlsa_insecure, name,
           host.denied ? "none, says an answer without DNSSEC" : host.tlsa.owner.text()});
      break;
    case policy::TlsaState::absent:
      out.push_back({Code::tlsa_absent, name, "none at " + host.tlsa.owner.text()});
      break;
    case policy::TlsaState::not_asked:
    case policy::TlsaState::insecure_service:
    case policy::TlsaState::present:
      break;
  }
}

bool is_rsa(std::uint8_t algorithm) {
  constexpr std::array<std::uint8_t, 4> kRsa = {5, 7, 8, 10};
  return std::ranges::find(kRsa, algorithm) != kRsa.end();
}

}  // namespace

void add_dns_findings(const HostSeen& host, std::chrono::sys_seconds now,
                      std::vector<Finding>& out) {
  add_lookup_findings(host, out);
  if (host.parent_denied) {
    out.push_back({Code::tlsa_parent_denied, host.tlsa.owner.text(),
                   "_tcp." + host.name.text() + " is NXDOMAIN"});
  }
  add_server_findings(host, now, out);
  if (host.tlsa.state != policy::TlsaState::present) return;
  add_signature_findings(host, now, out);
  if (host.octets > kFitsEverywhere) {
    out.push_back({Code::tlsa_large, host.tlsa.owner.text(),
                   std::to_string(host.octets) + " octets"});
  }
}

// RFC 8624 3.1 and 3.3, RFC 9276 3.1.
void add_zone_findings(const ZoneSeen& zone, std::vector<Finding>& out) {
  constexpr std::array<std::uint8_t, 6> kOld = {1, 3, 5, 6, 7, 12};
  constexpr std::size_t kLeastBits = 2048;
  const std::string apex = zone.apex.text();
  std::size_t shortest = kLeastBits;
  std::optional<std::uint8_t> old;
  for (const dns::Dnskey& key : zone.keys) {
    if (std::ranges::find(kOld, key.algorithm) != kOld.end()) old = key.algorithm;
    if (is_rsa(key.algorithm)) shortest = std::min(shortest, key.bits);
  }
  if (old) {
    out.push_back(
        {Code::dnssec_old_algorithm, apex, "algorithm " + std::to_string(*old)});
  }
  if (shortest < kLeastBits) {
    out.push_back({Code::dnssec_short_key, apex,
                   "RSA key of " + std::to_string(shortest) + " bits"});
  }
  constexpr std::uint8_t kSha1 = 1;
  const bool only_sha1 =
      !zone.ds.empty() && std::ranges::all_of(zone.ds, [](const dns::Ds& ds) {
        return ds.digest_type == kSha1;
      });
  if (only_sha1) out.push_back({Code::ds_old_digest, apex, "DS records of SHA-1 alone"});
  if (!zone.nsec3) return;
  if (zone.nsec3->iterations > 0) {
    out.push_back({Code::nsec3_iterations, apex,
                   std::to_string(zone.nsec3->iterations) + " additional iterations"});
  }
  if (zone.nsec3->salt_octets > 0) {
    out.push_back({Code::nsec3_salt, apex,
                   "salt of " + base::counted(zone.nsec3->salt_octets, "octet")});
  }
}

}  // namespace audit
