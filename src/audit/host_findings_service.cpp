#include <algorithm>
#include <set>

#include "src/audit/host_findings.h"
#include "verify/certificate.h"
#include "verify/hash.h"
#include "verify/stand_in.h"

namespace audit {
namespace {

using std::chrono::hours;

constexpr std::chrono::seconds kSoon = hours(24 * 7);
constexpr std::size_t kLookedAt = 32;  // certificates of a chain, as verify has it

/// What a connection that led to no judgement says.
Code code_of(const AddressFacts& address) {
  const base::Code code = address.error->code;
  const mail::Facts& seen = address.connection;
  if (code == base::Code::connect) return Code::unreachable;
  if (seen.rejection.severity() == 4) return Code::temporarily_refused;
  if (code == base::Code::timeout) return Code::garbage;  // it may be slower than we wait
  if (code == base::Code::greeting || code == base::Code::helo) return Code::refused;
  if (code == base::Code::starttls_not_offered) return Code::starttls_not_offered;
  if (code == base::Code::starttls_refused) return Code::starttls_refused;
  if (code == base::Code::starttls_injection) return Code::starttls_injection;
  if (code == base::Code::unsupported_key) return Code::unsupported_key;
  if (code == base::Code::bad_certificate) return Code::mismatch;
  return seen.tls_began && !seen.session ? Code::handshake_fails : Code::garbage;
}

/// What a chain that was judged and refused says; nothing for names, which depend on the
/// domain.
std::optional<Code> code_of(const verify::Verdict& verdict) {
  using verify::Reason;
  switch (verdict.reason) {
    case Reason::name_mismatch:
    case Reason::too_many_names:
      return std::nullopt;
    case Reason::no_certificate:
    case Reason::bad_certificate:
    case Reason::mismatch:
    case Reason::anchor_is_leaf:
      return Code::mismatch;
    case Reason::unsupported_key:
      return Code::unsupported_key;
    case Reason::expired:
    case Reason::not_yet_valid:
      return Code::expired;
    default:
      return Code::bad_path;
  }
}

std::optional<verify::Certificate> leaf_of(const verify::Chain& chain) {
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  if (certificates == nullptr || certificates->empty()) return std::nullopt;
  return verify::parse_certificate(certificates->front());
}

/// A peer proved by DANE-EE: what others might mind (RFC 7671 5.1).
void add_leaf_notes(const HostFacts& host, const AddressFacts& address,
                    const verify::Certificate& leaf, const dns::Tlsa& record,
                    std::chrono::sys_seconds now, std::vector<Finding>& out) {
  const std::string subject = subject_of(host.name, address.address);
  const auto validity = verify::validity_of(leaf);
  if (validity && (now < validity->not_before || now > validity->not_after)) {
    out.push_back({Code::leaf_expired, subject,
                   "valid from " + verify::to_text(validity->not_before) + " until " +
                       verify::to_text(validity->not_after)});
  }
  policy::Requirement with_names = host.requirement;
  with_names.name_check = policy::NameCheck::dane_ee;
  with_names.records = {record};
  const auto verdict =
      verify::check(address.connection.chain, with_names, {now, nullptr, {}});
  if (verdict.reason == verify::Reason::name_mismatch) {
    out.push_back({Code::leaf_other_name, subject, verdict.detail});
  }
}

/// What a library that other senders stand on cannot read. Ours goes on without.
void add_unreadable(const std::string& subject, const verify::Certificates& chain,
                    std::vector<Finding>& out) {
  for (std::size_t i = 0; i < chain.size() && i < kLookedAt; ++i) {
    if (verify::is_readable(chain[i])) continue;
    const std::string which = i == 0 ? "the leaf" : "certificate " + std::to_string(i);
    out.push_back({Code::certificate_unreadable, subject, "GnuTLS cannot read " + which});
    return;
  }
}

void add_proved(const HostFacts& host, const AddressFacts& address,
                std::chrono::sys_seconds now, std::vector<Finding>& out) {
  const verify::Verdict& verdict = *address.verdict;
  const auto leaf = leaf_of(address.connection.chain);
  if (!leaf || !verdict.record) return;
  add_unreadable(subject_of(host.name, address.address),
                 std::get<verify::Certificates>(address.connection.chain), out);
  const dns::Tlsa& record = host.requirement.records[*verdict.record];
  if (record.usage == dns::kDaneEe) {
    add_leaf_notes(host, address, *leaf, record, now, out);
    return;
  }
  if (address.good_until && *address.good_until - now < kSoon) {
    out.push_back({Code::expires_soon, subject_of(host.name, address.address),
                   "until " + verify::to_text(*address.good_until)});
  }
}

void add_session(const HostFacts& host, const AddressFacts& address,
                 std::vector<Finding>& out) {
  const std::string subject = subject_of(host.name, address.address);
  const auto& session = address.connection.session;
  if (session && session->protocol != "TLSv1.3") {
    out.push_back({Code::old_protocol, subject, session->protocol});
  }
  if (address.despite_key_usage) {
    out.push_back({Code::key_usage, subject, "GnuTLS breaks the first handshake off"});
  }
  const bool proved = address.verdict && verify::accepted(address.verdict->outcome);
  const bool by_other_key =
      address.other_key && verify::accepted(address.other_key->outcome);
  if (address.verdict && !proved && by_other_key) {
    out.push_back(
        {Code::other_key_unmatched, subject,
         "a certificate of another kind of key is proved, the usual one is not"});
  }
  if (address.later_error) {
    AddressFacts later;
    later.error = address.later_error;
    out.push_back({code_of(later), subject,
                   "on another connection: " + address.later_error->detail});
  }
  if (!proved) return;
  if (address.once_more && !verify::accepted(address.once_more->outcome)) {
    out.push_back(
        {Code::mismatch, subject, "on another connection: " + address.once_more->detail});
    return;  // with or without a name, it shows now this and now that
  }
  if (address.without_name && !verify::accepted(address.without_name->outcome)) {
    out.push_back({Code::name_demanded, subject, address.without_name->detail});
  } else if (address.nameless_error) {
    out.push_back({Code::name_demanded, subject, address.nameless_error->detail});
  }
  if (address.other_key && !verify::accepted(address.other_key->outcome)) {
    out.push_back({Code::other_key_unmatched, subject, address.other_key->detail});
  }
}

std::optional<std::string> key_of(const AddressFacts& address) {
  if (!address.verdict) return std::nullopt;
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&address.connection.chain)) {
    return base::to_hex(verify::sha256(raw->spki));
  }
  const auto leaf = leaf_of(address.connection.chain);
  return leaf ? std::optional(base::to_hex(verify::sha256(leaf->spki))) : std::nullopt;
}

}  // namespace

void add_service_findings(const HostFacts& host, std::chrono::sys_seconds now,
                          std::vector<Finding>& out) {
  std::set<std::string> keys;
  for (const AddressFacts& address : host.addresses) {
    const std::string subject = subject_of(host.name, address.address);
    // Without records a handshake that fails is answered by clear text.
    const bool matters =
        host.tlsa.state == policy::TlsaState::present || !address.connection.tls_began;
    if (address.left_alone) {
      out.push_back({Code::host_slow, subject, address.left_alone->detail});
    }
    if (address.error && matters && address.error->code != base::Code::too_slow) {
      out.push_back({code_of(address), subject, address.error->detail});
    }
    add_session(host, address, out);
    if (!address.verdict) {
      if (address.connection.session && host.tlsa.state == policy::TlsaState::present) {
        out.push_back({Code::bad_path, subject,
                       "not judged: it takes more work than a sender does"});
      }
      continue;
    }
    if (const auto key = key_of(address)) keys.insert(*key);
    if (verify::accepted(address.verdict->outcome)) {
      add_proved(host, address, now, out);
    } else if (const auto code = code_of(*address.verdict)) {
      out.push_back({*code, subject, address.verdict->detail});
    }
  }
  if (host.untried > 0) {
    out.push_back({Code::host_many_addresses, host.name.text(),
                   std::to_string(host.addresses.size()) + " tried, " +
                       std::to_string(host.untried) + " more are there"});
  }
  for (const net::Address& address : host.out_of_reach) {
    out.push_back({Code::private_address, subject_of(host.name, address), "a mail host"});
  }
  for (const net::Address& address : host.no_route) {
    out.push_back({Code::no_route, host.name.text(), net::to_text(address)});
  }
  if (keys.size() > 1) {
    out.push_back({Code::certificates_differ, host.name.text(),
                   std::to_string(keys.size()) + " keys"});
  }
}

}  // namespace audit
