#include <algorithm>
#include <set>

#include "src/audit/host_findings.h"
#include "src/audit/soon.h"
#include "verify/certificate.h"
#include "verify/hash.h"
#include "verify/stand_in.h"

namespace audit {
namespace {

constexpr std::size_t kLookedAt = 32;  // certificates of a chain, as verify has it

/// What a conversation that came to no good end says.
Code code_of(const Shown& shown) {
  if (!shown.connected) return Code::unreachable;
  if (shown.rejection.severity() == 4) return Code::temporarily_refused;
  switch (shown.error->code) {
    case base::Code::timeout:  // it may be slower than we wait
      return Code::garbage;
    case base::Code::greeting:
    case base::Code::helo:
      return Code::refused;
    case base::Code::starttls_not_offered:
      return Code::starttls_not_offered;
    case base::Code::starttls_refused:
      return Code::starttls_refused;
    case base::Code::starttls_injection:
      return Code::starttls_injection;
    case base::Code::unsupported_key:
      return Code::unsupported_key;
    case base::Code::bad_certificate:
      return Code::mismatch;
    default:
      return shown.tls_began && !shown.session ? Code::handshake_fails : Code::garbage;
  }
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

/// What there is to say about one address.
class ServiceFindings {
 public:
  ServiceFindings(const HostSeen& host, const AddressSeen& address,
                  const AddressJudged& judged, std::chrono::sys_seconds now,
                  std::vector<Finding>& out)
      : host_(host),
        address_(address),
        shown_(usual(address)),
        judged_(judged),
        now_(now),
        subject_(subject_of(host.name, address.address)),
        out_(out) {}

  void add_all() {
    if (address_.left_alone) add(Code::host_slow, address_.left_alone->detail);
    add_error();
    add_session();
    add_others();
    add_verdict();
  }

 private:
  void add(Code code, std::string detail) {
    out_.push_back({code, subject_, std::move(detail)});
  }

  [[nodiscard]] bool is_proved() const {
    return judged_.verdict && verify::accepted(judged_.verdict->outcome);
  }

  void add_error() {
    // Without records a handshake that fails is answered by clear text.
    const bool matters = has_secure_records(host_) || !shown_.tls_began;
    if (!shown_.error || !matters || shown_.error->code == base::Code::too_slow) return;
    add(code_of(shown_), shown_.error->detail);
  }

  void add_session() {
    if (shown_.session && shown_.session->protocol != "TLSv1.3") {
      add(Code::old_protocol, shown_.session->protocol);
    }
    if (shown_.despite_key_usage) {
      add(Code::key_usage, "GnuTLS breaks the first handshake off");
    }
  }

  /// What those find who ask otherwise, or once more.
  void add_others() {
    add_other_starttls();
    if (is_proved()) {
      add_refused_opinions();
      return;
    }
    const bool by_other_key =
        std::ranges::any_of(judged_.opinions, [](const Opinion& opinion) {
          return opinion.how == How::other_key &&
                 verify::accepted(opinion.verdict.outcome);
        });
    if (judged_.verdict && by_other_key) {
      add(Code::other_key_unmatched,
          "a certificate of another kind of key is proved, the usual one is not");
    }
  }

  /// The last word against STARTTLS, for good, that comes on another connection.
  void add_other_starttls() {
    const Shown* last = nullptr;
    for (const Shown& shown : address_.shown) {
      const bool is_said = shown.how != How::usual && shown.error &&
                           base::about(shown.error->code) == base::About::starttls;
      if (is_said && shown.rejection.severity() != 4) last = &shown;
    }
    if (last != nullptr) {
      add(code_of(*last), "on another connection: " + last->error->detail);
    }
  }

  [[nodiscard]] const Opinion* refused_for(How how) const {
    const auto at = std::ranges::find_if(judged_.opinions, [&](const Opinion& opinion) {
      return opinion.how == how && !verify::accepted(opinion.verdict.outcome);
    });
    return at == judged_.opinions.end() ? nullptr : &*at;
  }

  /// The certificates that the records refuse, at an address whose usual one is proved.
  void add_refused_opinions() {
    if (const auto* now_and_then = refused_for(How::again)) {
      // With or without a name, it shows now this and now that.
      add(Code::mismatch, "on another connection: " + now_and_then->verdict.detail);
      return;
    }
    if (const auto* nameless = refused_for(How::nameless)) {
      add(Code::name_demanded, nameless->verdict.detail);
    } else if (const auto* error = nameless_error()) {
      add(Code::name_demanded, error->detail);
    }
    if (const auto* other = refused_for(How::other_key)) {
      add(Code::other_key_unmatched, other->verdict.detail);
    }
  }

  /// Why it breaks a handshake off that has no server name. A connection that is lost, or
  /// refused before the handshake, may have other reasons.
  [[nodiscard]] const base::Error* nameless_error() const {
    const auto at = std::ranges::find(address_.shown, How::nameless, &Shown::how);
    if (at == address_.shown.end() || !at->error) return nullptr;
    return at->error->code == base::Code::handshake ? &*at->error : nullptr;
  }

  void add_verdict() {
    if (!judged_.verdict) {
      if (shown_.session && has_secure_records(host_)) {
        add(Code::bad_path, "not judged: it takes more work than a sender does");
      }
    } else if (is_proved()) {
      add_proved();
    } else if (const auto code = code_of(*judged_.verdict)) {
      add(*code, judged_.verdict->detail);
    }
  }

  void add_proved() {
    const auto leaf = leaf_of(shown_.chain);
    if (!leaf || !judged_.verdict->record) return;
    add_unreadable(std::get<verify::Certificates>(shown_.chain));
    const dns::Tlsa& record = host_.tlsa.records.at(*judged_.verdict->record);
    if (record.usage == dns::kDaneEe) {
      add_leaf_notes(*leaf, record);
    } else if (judged_.good_until && *judged_.good_until - now_ < kCertificateSoon) {
      add(Code::expires_soon, "until " + verify::to_text(*judged_.good_until));
    }
  }

  /// What a library that other senders stand on cannot read. Ours goes on without.
  void add_unreadable(const verify::Certificates& chain) {
    for (std::size_t i = 0; i < chain.size() && i < kLookedAt; ++i) {
      if (verify::is_readable(chain[i])) continue;
      const std::string which = i == 0 ? "the leaf" : "certificate " + std::to_string(i);
      add(Code::certificate_unreadable, "GnuTLS cannot read " + which);
      return;
    }
  }

  /// A peer proved by DANE-EE: what others might mind (RFC 7671 5.1).
  void add_leaf_notes(const verify::Certificate& leaf, const dns::Tlsa& record) {
    const auto validity = verify::validity_of(leaf);
    if (validity && (now_ < validity->not_before || now_ > validity->not_after)) {
      add(Code::leaf_expired, "valid from " + verify::to_text(validity->not_before) +
                                  " until " + verify::to_text(validity->not_after));
    }
    policy::Requirement with_names = requirement(host_);
    with_names.name_check = policy::NameCheck::dane_ee;
    with_names.records = {record};
    const auto verdict = verify::check(shown_.chain, with_names, {now_, nullptr, {}});
    if (verdict.reason == verify::Reason::name_mismatch) {
      add(Code::leaf_other_name, verdict.detail);
    }
  }

  const HostSeen& host_;
  const AddressSeen& address_;
  const Shown& shown_;
  const AddressJudged& judged_;
  std::chrono::sys_seconds now_;
  std::string subject_;
  std::vector<Finding>& out_;
};

/// The key that an address shows, if it was judged.
std::optional<std::string> key_of(const Shown& shown, const AddressJudged& judged) {
  if (!judged.verdict) return std::nullopt;
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&shown.chain)) {
    return base::to_hex(verify::sha256(raw->spki));
  }
  const auto leaf = leaf_of(shown.chain);
  return leaf ? std::optional(base::to_hex(verify::sha256(leaf->spki))) : std::nullopt;
}

/// Findings about the addresses that nobody could or would talk to.
void add_addresses_left_out(const HostSeen& host, std::vector<Finding>& out) {
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
}

}  // namespace

void add_service_findings(const HostSeen& host, std::span<const AddressJudged> judged,
                          std::chrono::sys_seconds now, std::vector<Finding>& out) {
  std::set<std::string> keys;
  for (std::size_t i = 0; i < host.addresses.size(); ++i) {
    const AddressSeen& address = host.addresses[i];
    ServiceFindings(host, address, judged[i], now, out).add_all();
    if (const auto key = key_of(usual(address), judged[i])) keys.insert(*key);
  }
  add_addresses_left_out(host, out);
  if (keys.size() > 1) {
    out.push_back({Code::certificates_differ, host.name.text(),
                   std::to_string(keys.size()) + " keys"});
  }
}

}  // namespace audit
