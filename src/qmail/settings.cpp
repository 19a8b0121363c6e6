#include "src/qmail/settings.h"

#include <algorithm>

#include "src/qmail/identity.h"
#include "src/qmail/own_certificate.h"
#include "src/tls/priorities.h"

namespace qmail {

using base::Result;

namespace {

constexpr unsigned long kMostSeconds = 7UL * 24 * 60 * 60;  // of a time-out

/// Whether the list names suites of TLS 1.3 and nothing else. Those of TLS 1.2 that begin
/// alike say which key exchange they come WITH.
bool is_of_tls13_suites(std::string_view list) {
  constexpr std::string_view kSeparators = ":,; ";
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find_first_of(kSeparators));
    const bool fits =
        word.starts_with("TLS_") && word.find("_WITH_") == std::string_view::npos;
    if (!word.empty() && !fits) return false;
    list.remove_prefix(std::min(word.size() + 1, list.size()));
  }
  return true;
}

/// The priorities for `tlsclientciphers`; empty where the default holds. Lists that only
/// OpenSSL understands were written for a qmail with OpenSSL and had no effect here so
/// far: taken at their word they would leave peers without a suite in common, and their
/// mail in the queue or in clear text.
std::string priorities_of(const std::string& list) {
  if (list.empty()) return "";
  const auto priorities = tls::priorities_for(list);
  if (!priorities) return "";
  const bool is_gnutls = *priorities == list;
  return is_gnutls || is_of_tls13_suites(list) ? *priorities : "";
}

}  // namespace

Result<mail::Options> ways_of(const Control& control, const std::string& sender_domain) {
  mail::Options out;
  const auto identity = identity_of(control, sender_domain);
  if (!identity) return tl::unexpected(identity.error());
  out.helo = identity->helo;
  out.source.address = identity->source;
  constexpr unsigned long kConnect = 60, kRemote = 1200;
  const auto connect = control.number("timeoutconnect", kConnect);
  if (!connect) return tl::unexpected(connect.error());
  const auto remote = control.number("timeoutremote", kRemote);
  if (!remote) return tl::unexpected(remote.error());
  out.connect_limit = std::chrono::seconds(std::min(*connect, kMostSeconds));
  out.remote_limit = std::chrono::seconds(std::min(*remote, kMostSeconds));
  auto own = certificate_of(control, sender_domain);
  if (!own) return tl::unexpected(own.error());
  if (*own) {
    out.tls.certificate.file = (*own)->certificate_file;
    out.tls.certificate.key_file = (*own)->key_file;
    out.tls.certificate.key_password = (*own)->password;
  }
  const auto ciphers = control.lines("tlsclientciphers");
  if (!ciphers) return tl::unexpected(ciphers.error());
  std::string list;
  for (const std::string& cipher : *ciphers) list += (list.empty() ? "" : ":") + cipher;
  out.tls.priorities = priorities_of(list);
  return out;
}

Result<resolver::Config> resolver_config_of(const Control& control) {
  resolver::Config config;
  const auto anchor = control.exists("dnsanchor");
  if (!anchor) return tl::unexpected(anchor.error());
  if (*anchor) config.trust_anchor = control.path("dnsanchor");
  const auto settings = control.exists("unbound.conf");
  if (!settings) return tl::unexpected(settings.error());
  if (*settings) config.unbound_conf = control.path("unbound.conf");
  const auto forward = control.line("dnsforward");
  if (!forward) return tl::unexpected(forward.error());
  if (*forward) return resolver::with_forward(config, **forward);
  return config;
}

}  // namespace qmail
