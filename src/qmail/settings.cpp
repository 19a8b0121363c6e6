#include "src/qmail/settings.h"

#include <algorithm>

#include "src/qmail/routes.h"
#include "src/tls/session.h"

namespace qmail {

using base::Result;

namespace {

constexpr unsigned long kMostSeconds = 7UL * 24 * 60 * 60;  // of a time-out

}  // namespace

Result<mail::Ways> ways_of(const Control& control, const std::string& sender_domain) {
  mail::Ways out;
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
    out.tls.certificate_file = (*own)->certificate_file;
    out.tls.key_file = (*own)->key_file;
    out.tls.key_password = (*own)->password;
  }
  const auto ciphers = control.lines("tlsclientciphers");
  if (!ciphers) return tl::unexpected(ciphers.error());
  std::string list;
  for (const std::string& cipher : *ciphers) list += (list.empty() ? "" : ":") + cipher;
  // A list that only OpenSSL understands leaves the default in force: see the man page.
  if (auto priorities = tls::priorities_for(list); !list.empty() && priorities) {
    out.tls.priorities = *priorities;
  }
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
