#include "cli/dane/audit/host_text.h"

#include <algorithm>

#include "cli/dane/audit/grade_words.h"
#include "src/base/bytes.h"
#include "src/client/certificate_words.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::report {
namespace {

using namespace audit;

constexpr std::size_t kMostNames = 8;  // of a certificate

std::string_view words_for(Access access) {
  switch (access) {
    case Access::proved:
      return "verified";
    case Access::encrypted:
      return "encrypted, but not verified";
    case Access::open:
      return "not verified: no TLSA records";
    case Access::refused:
      return "not used by senders with DANE";
    case Access::unknown:
      return "could not tell";
  }
  return "";
}

std::string sign_for(Access access, const Paint& paint) {
  switch (access) {
    case Access::proved:
      return paint.good("✓");
    case Access::refused:
      return paint.bad("✗");
    case Access::encrypted:
    case Access::open:
      return paint.doubtful("!");
    case Access::unknown:
      return paint.doubtful("?");
  }
  return "";
}

/// What is in the way at an address, in a few words; empty for nothing.
std::string trouble_at(const AddressSeen& address, const AddressAccess& result) {
  if (result.access == Access::proved) return "";
  if (result.verdict && !verify::accepted(result.verdict->outcome)) {
    return result.verdict->reason == verify::Reason::mismatch
               ? "another key"
               : "not verified (" + std::string(verify::to_text(result.verdict->reason)) +
                     ")";
  }
  const auto& error = usual(address).error;
  if (!error) return "";
  switch (error->code) {
    case base::Code::connect:
      return "no connection";
    case base::Code::timeout:
      return "no answer in time";
    case base::Code::greeting:
      return "turned away";
    case base::Code::handshake:
      return "the TLS handshake fails";
    case base::Code::starttls_not_offered:
      return "no STARTTLS";
    default:
      return "it fails (" + std::string(base::to_text(error->code)) + ")";
  }
}

/// Whether a host is verified, but not at each of its addresses.
bool is_partly_verified(const HostSeen& host, const HostAccess& result) {
  if (result.access != Access::proved) return false;
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    if (!trouble_at(host.addresses[i], result.addresses[i]).empty()) return true;
  }
  return false;
}

std::string session_of(const AddressSeen& address) {
  const auto& session = usual(address).session;
  return session ? session->protocol : "";
}

/// What keeps a host from being looked up, in a few words; empty for nothing.
std::string trouble_of_lookup(const HostSeen& host) {
  if (host.error) {
    switch (host.error->code) {
      case base::Code::bogus:
        return "its addresses fail DNSSEC validation";
      case base::Code::no_address:
        return "it has no address";
      default:
        return "its addresses cannot be looked up";
    }
  }
  if (!host.tlsa_error) return "";
  return host.tlsa_error->code == base::Code::bogus
             ? "its TLSA records fail DNSSEC validation"
             : "its TLSA records cannot be looked up";
}

/// What is to be said of a host behind its name: what holds of all its addresses, and the
/// addresses at which something else does.
std::string summary_of(const HostSeen& host, const HostAccess& result) {
  std::string out(is_partly_verified(host, result) ? "not verified at every address"
                                                   : words_for(result.access));
  if (host.tlsa.state == policy::TlsaState::insecure ||
      host.tlsa.state == policy::TlsaState::insecure_address) {
    if (result.access == Access::open) out = "not verified: not signed with DNSSEC";
  }
  if (const auto lookup = trouble_of_lookup(host); !lookup.empty()) {
    return out + ": " + lookup;
  }
  std::string troubles;
  std::size_t troubled = 0;
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    const std::string trouble = trouble_at(host.addresses[i], result.addresses[i]);
    if (trouble.empty()) continue;
    ++troubled;
    constexpr std::size_t kMost = 3;
    if (troubled > kMost) continue;
    troubles += (troubles.empty() ? "" : ", ") + trouble + " at " +
                net::to_text(host.addresses[i].address);
  }
  if (!troubles.empty()) return out + ": " + troubles + (troubled > 3 ? " and more" : "");
  for (const AddressSeen& address : host.addresses) {
    const std::string session = session_of(address);
    if (!session.empty()) return out + ", " + session;
  }
  return out;
}

void tell_records(const HostSeen& host, const HostAccess& result, TextLayout& layout) {
  const verify::Verdict* verdict = nullptr;
  for (const AddressAccess& address : result.addresses) {
    if (address.verdict && verdict == nullptr) verdict = &*address.verdict;
  }
  constexpr std::size_t kMostDigits = 128;
  for (std::size_t i = 0; i < host.tlsa.records.size(); ++i) {
    std::string text = "TLSA " + dns::to_text(host.tlsa.records[i], kMostDigits);
    if (verdict != nullptr && i < verdict->notes.size()) {
      text += "  " + std::string(verify::to_text(verdict->notes[i].state));
    }
    layout.sentence(6, text, 2);
  }
}

void tell_certificate(const base::Bytes& der, std::size_t depth, const dns::Name& host,
                      TextLayout& layout) {
  const auto words = client::certificate_words(der, host, kMostNames);
  layout.sentence(
      8, std::to_string(depth) + "  " + (words.names.empty() ? "(no name)" : words.names),
      3);
  const auto parts = verify::parse_certificate(der);
  if (!parts) return;
  layout.sentence(
      11, (words.issuer.empty() ? "" : "by " + words.issuer + ", ") +
              (words.key.empty() ? "a key of another kind" : words.key) + ", until " +
              (words.until ? verify::to_text(*words.until) : "?") + ", SPKI SHA2-256");
  layout.sentence(11, base::to_hex(verify::sha256(parts->spki)));
}

void tell_address(const AddressSeen& address, const AddressAccess& result,
                  const dns::Name& host, const Look& look, TextLayout& layout) {
  const Shown& shown = usual(address);
  std::string text = sign_for(result.access, look.paint) + " " +
                     net::to_text(address.address) + "  " +
                     std::string(words_for(result.access));
  if (const auto& session = shown.session) {
    text += "  " + session->protocol + " " + session->cipher;
  }
  if (result.verdict && verify::accepted(result.verdict->outcome)) {
    text += "  " + base::printable(result.verdict->detail, base::kLine);
  }
  layout.sentence(4, text, 4);
  const auto* chain = std::get_if<verify::Certificates>(&shown.chain);
  if (chain == nullptr) return;
  for (std::size_t depth = 0; depth < chain->size(); ++depth) {
    tell_certificate((*chain)[depth], depth, host, layout);
  }
}

}  // namespace

void tell_host(const HostSeen& host, const HostAccess& result, const std::string& label,
               const Look& look, TextLayout& layout) {
  layout.row(label,
             (is_partly_verified(host, result) ? look.paint.doubtful("!")
                                               : sign_for(result.access, look.paint)) +
                 " " +
                 look.paint.strong(base::printable(host.name.unicode(), base::kName)) +
                 "  " + summary_of(host, result));
  if (!look.verbose) return;
  tell_records(host, result, layout);
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    tell_address(host.addresses[i], result.addresses[i], host.name, look, layout);
  }
}

void tell_policy(const StsSeen& facts, TextLayout& layout) {
  if (facts.error) return;  // a finding says it
  std::string text = std::string(mail::to_text(facts.policy.mode)) + ", max_age " +
                     std::to_string(facts.policy.max_age.count()) + ":";
  for (const std::string& host : facts.policy.hosts) text += " " + host;
  layout.row("MTA-STS", base::printable(text, base::kLine));
}

}  // namespace cli::report
