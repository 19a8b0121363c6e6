#include "src/ucspi/tls_variables.h"

#include <gnutls/gnutls.h>

#include <array>

#include "src/tls/certificate_text.h"
#include "src/tls/suites.h"

namespace ucspi {
namespace {

constexpr int kExportBits = 56;  // what an export cipher may have had at most
constexpr std::array<std::string_view, 13> kParts = {
    "C", "ST", "L", "O", "OU", "CN", "T", "I", "G", "S", "D", "UID", "Email"};

using Parts = std::vector<std::pair<std::string, std::string>>;

void set_parts(Environment& environment, const std::string& prefix, const Parts& parts) {
  for (const std::string_view part : kParts) {
    std::optional<std::string> value;
    for (const auto& [name, text] : parts) {
      if (name == part && !value) value = text;
    }
    environment.set_or_unset(prefix + "_" + std::string(part), value);
  }
}

std::optional<std::string> if_any(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void set_certificate(Environment& environment, const std::string& prefix,
                     base::ByteView der) {
  const tls::CertificateText text = tls::describe_certificate(der);
  environment.set_or_unset(prefix + "_M_VERSION", if_any(text.version));
  environment.set_or_unset(prefix + "_M_SERIAL", if_any(text.serial));
  environment.set_or_unset(prefix + "_S_DN", if_any(text.subject));
  environment.set_or_unset(prefix + "_I_DN", if_any(text.issuer));
  set_parts(environment, prefix + "_S_DN", text.subject_parts);
  set_parts(environment, prefix + "_I_DN", text.issuer_parts);
  environment.set_or_unset(prefix + "_V_START", if_any(text.not_before));
  environment.set_or_unset(prefix + "_V_END", if_any(text.not_after));
  environment.set_or_unset(prefix + "_A_SIG", if_any(text.signature_algorithm));
  environment.set_or_unset(prefix + "_A_KEY", if_any(text.key_algorithm));
  environment.set_text(prefix + "_CERT", text.pem);
}

/// What the peer sent, the leaf as number 0.
void set_chain(Environment& environment, const std::string& prefix,
               const verify::Certificates& certificates) {
  constexpr std::size_t kMost = 17;  // an environment has room for some, not for all
  for (std::size_t i = 0; i < certificates.size() && i < kMost; ++i) {
    environment.set_text(prefix + "_CERT_CHAIN_" + std::to_string(i),
                         tls::describe_certificate(certificates[i]).pem);
  }
}

}  // namespace

void set_tls_variables(Environment& environment, const tls::Session& session,
                       OwnRole role) {
  // What a program above us was told of another session is not told of this one.
  environment.unset_prefix("SSL_SERVER_");
  environment.unset_prefix("SSL_CLIENT_");
  const tls::SessionFacts facts = session.facts();
  environment.set("SSL_PROTOCOL", facts.protocol);
  environment.set_or_unset("SSL_SESSION_ID", if_any(facts.session_id));
  environment.set("SSL_CIPHER", tls::openssl_suite_name(facts.cipher));
  environment.set("SSL_CIPHER_EXPORT", facts.key_bits < kExportBits ? "true" : "false");
  environment.set("SSL_CIPHER_USEKEYSIZE", std::to_string(facts.key_bits));
  environment.set("SSL_CIPHER_ALGKEYSIZE", std::to_string(facts.key_bits));
  environment.set("SSL_VERSION_INTERFACE", "ucspi-ssl");
  environment.set("SSL_VERSION_LIBRARY",
                  std::string("GnuTLS/") + gnutls_check_version(nullptr));
  const bool serves = role == OwnRole::server;
  const std::string peer = serves ? "SSL_CLIENT" : "SSL_SERVER";
  const auto* sent = std::get_if<verify::Certificates>(&session.chain());
  const bool shown = sent != nullptr && !sent->empty();
  set_certificate(environment, peer,
                  shown ? base::ByteView(sent->front()) : base::ByteView());
  if (shown) set_chain(environment, peer, *sent);
  set_certificate(environment, serves ? "SSL_SERVER" : "SSL_CLIENT",
                  session.own_certificate());
  if (!serves) return;
  environment.set_or_unset("SSL_TLS_SNI", if_any(facts.server_name));
  environment.set("SSL_CLIENT_VERIFY", shown ? "SUCCESS" : "NONE");
}

}  // namespace ucspi
