#include "src/tlsrpt/session.h"

namespace tlsrpt {
namespace {

std::string_view type_of_refusal(verify::Reason reason) {
  switch (reason) {
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

/// RFC 8460 4.3: the result type of a session that failed; empty where TLS is not what
/// failed.
std::string_view result_type(const Session& session) {
  if (!session.error) return "";
  const base::Code code = session.error->code;
  if (code == base::Code::starttls_not_offered || code == base::Code::starttls_refused) {
    return "starttls-not-supported";
  }
  if (code == base::Code::refused && session.why) return type_of_refusal(*session.why);
  const bool of_tls = base::about(code) == base::About::handshake ||
                      code == base::Code::truncated ||
                      code == base::Code::starttls_injection;
  return of_tls ? "validation-failure" : "";
}

/// `mx.example.org` for `_25._tcp.mx.example.org`.
std::string base_of(const dns::Name& owner) {
  std::string_view rest = owner.text();
  for (int i = 0; i < 2 && rest.starts_with('_'); ++i) {
    const std::size_t dot = rest.find('.');
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
  return std::string(rest);
}

}  // namespace

bool describe_session(const policy::DnsFacts& facts, const Session& session,
                      TlsEvent& event) {
  const std::string_view type = result_type(session);
  if (!session.established && type.empty()) return false;
  event.policy = facts.state == policy::TlsaState::present ? "tlsa" : "no-policy-found";
  event.records = policy_strings(facts.records);
  event.base = base_of(facts.owner);
  event.address = net::to_text(session.address);
  event.result = session.established ? "" : type;
  if (!session.established) {
    event.reason =
        session.why ? verify::to_text(*session.why) : base::to_text(session.error->code);
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

}  // namespace tlsrpt
