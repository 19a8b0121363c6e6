#include "src/qmail/sessions.h"

namespace qmail {
namespace {

/// RFC 8460 4.3: the result type of a session that failed; empty for what is none of TLS.
std::string result_type(const AttemptResult& result) {
  const base::Code code = result.failure->code;
  if (code == base::Code::starttls_not_offered || code == base::Code::starttls_refused) {
    return "starttls-not-supported";
  }
  if (code == base::Code::refused && result.facts.verdict) {
    switch (result.facts.verdict->reason) {
      case verify::Reason::name_mismatch:
      case verify::Reason::too_many_names:
        return "certificate-host-mismatch";
      case verify::Reason::expired:
      case verify::Reason::not_yet_valid:
        return "certificate-expired";
      case verify::Reason::no_usable_record:
        return "tlsa-invalid";
      default:
        return "certificate-not-trusted";
    }
  }
  const bool of_tls = base::about(code) == base::About::handshake ||
                      code == base::Code::truncated ||
                      code == base::Code::starttls_injection;
  return of_tls ? "validation-failure" : "";
}

/// `mx.example.org` of `_25._tcp.mx.example.org`.
std::string base_of(const dns::Name& owner) {
  std::string_view rest = owner.text();
  for (int i = 0; i < 2 && rest.starts_with('_'); ++i) {
    const std::size_t dot = rest.find('.');
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
  return std::string(rest);
}

}  // namespace

bool is_domains_own(const MailPolicy& policy, std::uint16_t port) {
  using policy::Level;
  constexpr std::uint16_t kSmtp = 25;
  if (policy.pinned || port != kSmtp) return false;
  return policy.level == Level::dane || policy.level == Level::dane_only ||
         policy.level == Level::dane_and_pkix;
}

bool is_domains_own(const MailPolicy& policy, const mail::Peer& peer) {
  using policy::Level;
  if (!is_domains_own(policy, peer.endpoint.port)) return false;
  const bool dane = policy.level == Level::dane || policy.level == Level::dane_only;
  if (peer.facts.state == policy::TlsaState::present) return dane;
  return policy.level == Level::dane &&
         policy.without_tlsa == policy::WithoutTlsa::opportunistic;
}

bool describe_session(const mail::Peer& peer, const AttemptResult& result,
                      TlsEvent& event) {
  const bool good = result.facts.session.has_value();
  const std::string type = result.failure ? result_type(result) : "";
  if (!good && type.empty()) return false;  // no session, and none was wanted or refused
  event.policy =
      peer.facts.state == policy::TlsaState::present ? "tlsa" : "no-policy-found";
  event.records = policy_strings(peer.facts.records);
  event.base = base_of(peer.facts.owner);
  event.result = good ? "" : type;
  event.address = net::to_text(peer.endpoint.address);
  if (!good) {
    event.reason = result.facts.verdict
                       ? std::string(verify::to_text(result.facts.verdict->reason))
                       : std::string(base::to_text(result.failure->code));
  }
  return true;
}

bool describe_failure(const base::Error& error, TlsEvent& event) {
  const bool bogus = error.code == base::Code::bogus;
  if (!bogus && error.code != base::Code::no_tlsa) return false;
  event.policy = "tlsa";
  event.result = bogus ? "dnssec-invalid" : "dane-required";
  event.reason = base::to_text(error.code);
  return true;
}

}  // namespace qmail
