#include "src/base/error_code.h"

#include <array>
#include <cstddef>

namespace base {
namespace {

/// A code, its word, and what it is about.
struct Row {
  Code code;
  std::string_view word;
  About about;
};

constexpr std::array kRows{
    Row{Code::usage, "usage", About::usage},
    Row{Code::bad_name, "bad-name", About::usage},
    Row{Code::bad_number, "bad-number", About::usage},
    Row{Code::bad_port, "bad-port", About::usage},
    Row{Code::bad_password, "bad-password", About::usage},
    Row{Code::bad_parameters, "bad-parameters", About::usage},
    Row{Code::bad_ciphers, "bad-ciphers", About::usage},
    Row{Code::bad_command, "bad-command", About::usage},
    Row{Code::bad_tlsa, "bad-tlsa", About::usage},
    Row{Code::bad_time, "bad-time", About::usage},
    Row{Code::bad_rua, "bad-rua", About::usage},
    Row{Code::bad_zone, "bad-zone", About::usage},
    Row{Code::bad_material, "bad-material", About::usage},
    Row{Code::bad_file, "bad-file", About::usage},
    Row{Code::bad_evidence, "bad-evidence", About::usage},
    Row{Code::bad_certificate_file, "bad-certificate-file", About::usage},
    Row{Code::bad_forwarder, "bad-forwarder", About::usage},
    Row{Code::bad_trust_anchor, "bad-trust-anchor", About::usage},
    Row{Code::bad_trust_store, "bad-trust-store", About::usage},
    Row{Code::bad_unbound_conf, "bad-unbound-conf", About::usage},
    Row{Code::no_trust_store, "no-trust-store", About::usage},
    Row{Code::no_names, "no-names", About::usage},
    Row{Code::no_issuer, "no-issuer", About::usage},
    Row{Code::leaf_not_first, "leaf-not-first", About::usage},
    Row{Code::name_too_long, "name-too-long", About::usage},
    Row{Code::no_origin, "no-origin", About::usage},
    Row{Code::generate_bound, "generate-bound", About::usage},
    Row{Code::control, "control", About::usage},
    Row{Code::local, "local", About::local},
    Row{Code::read, "read", About::local},
    Row{Code::write, "write", About::local},
    Row{Code::socket, "socket", About::local},
    Row{Code::pipe, "pipe", About::local},
    Row{Code::dup, "dup", About::local},
    Row{Code::exec, "exec", About::local},
    Row{Code::wait, "wait", About::local},
    Row{Code::killed, "killed", About::local},
    Row{Code::libunbound, "libunbound", About::local},
    Row{Code::tls, "tls", About::local},
    Row{Code::bogus, "bogus", About::dns},
    Row{Code::servfail, "servfail", About::dns},
    Row{Code::dns_refused, "dns-refused", About::dns},
    Row{Code::rcode, "rcode", About::dns},
    Row{Code::malformed, "malformed", About::dns},
    Row{Code::alias_loop, "alias-loop", About::dns},
    Row{Code::not_validating, "not-validating", About::dns},
    Row{Code::no_address, "no-address", About::dns},
    Row{Code::no_domain, "no-domain", About::dns},
    Row{Code::null_mx, "null-mx", About::dns},
    Row{Code::no_mail_host, "no-mail-host", About::dns},
    Row{Code::no_service, "no-service", About::dns},
    Row{Code::connect, "connect", About::connect},
    Row{Code::timeout, "timeout", About::connect},
    Row{Code::io, "io", About::connect},
    Row{Code::dead, "dead", About::connect},
    Row{Code::too_slow, "too-slow", About::connect},
    Row{Code::too_much, "too-much", About::connect},
    Row{Code::private_address, "private-address", About::connect},
    Row{Code::starttls_not_offered, "starttls-not-offered", About::starttls},
    Row{Code::starttls_refused, "starttls-refused", About::starttls},
    Row{Code::starttls_injection, "starttls-injection", About::starttls},
    Row{Code::handshake, "handshake", About::handshake},
    Row{Code::key_usage, "key-usage", About::handshake},
    Row{Code::bad_certificate, "bad-certificate", About::handshake},
    Row{Code::unsupported_key, "unsupported-key", About::handshake},
    Row{Code::refused, "refused", About::proof},
    Row{Code::no_tlsa, "no-tlsa", About::proof},
    Row{Code::no_chain, "no-chain", About::proof},
    Row{Code::untrusted, "untrusted", About::proof},
    Row{Code::protocol, "protocol", About::protocol},
    Row{Code::truncated, "truncated", About::protocol},
    Row{Code::closed, "closed", About::protocol},
    Row{Code::greeting, "greeting", About::protocol},
    Row{Code::helo, "helo", About::protocol},
    Row{Code::body, "body", About::protocol},
    Row{Code::http, "http", About::protocol},
    Row{Code::bad_policy, "bad-policy", About::protocol},
};

/// A code is found by its number: the rows stand in the order of the enumeration.
constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows.at(i).code) != i) return false;
  }
  return true;
}
static_assert(rows_are_in_order());
static_assert(kRows.size() == static_cast<std::size_t>(Code::bad_policy) + 1);

const Row& row(Code code) { return kRows.at(static_cast<std::size_t>(code)); }

}  // namespace

std::string_view to_text(Code code) { return row(code).word; }

std::optional<Code> code_from_text(std::string_view word) {
  for (const Row& one : kRows) {
    if (one.word == word) return one.code;
  }
  return std::nullopt;
}

About about(Code code) { return row(code).about; }

bool is_about_proof(Code code) {
  const About what = about(code);
  return what == About::starttls || what == About::handshake || what == About::proof;
}

}  // namespace base
