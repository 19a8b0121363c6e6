#include <gnutls/gnutls.h>

#include <array>
#include <utility>

#include "src/tls/session.h"

namespace tls {
namespace {

constexpr std::string_view kProtocols = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
// ChaCha20 is many times slower than AES in GnuTLS on machines with AES instructions.
constexpr std::string_view kCiphers =
    ":-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-CCM"
    ":+AES-256-CCM:+AES-128-CBC:+AES-256-CBC";
constexpr std::string_view kGroups =
    ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1"
    ":+GROUP-X448:+GROUP-FFDHE2048:+GROUP-FFDHE3072:+GROUP-FFDHE4096";

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSuites = {{
    {"TLS_AES_128_GCM_SHA256", "AES-128-GCM"},
    {"TLS_AES_256_GCM_SHA384", "AES-256-GCM"},
    {"TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"},
    {"TLS_AES_128_CCM_SHA256", "AES-128-CCM"},
    {"TLS_AES_128_CCM_8_SHA256", "AES-128-CCM-8"},
}};

/// The ciphers of TLS 1.3 suites joined by colons; empty if one word is none.
std::string ciphers_of_suites(std::string_view list) {
  std::string out = ":-CIPHER-ALL";
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(':'));
    bool known = false;
    for (const auto& [suite, cipher] : kSuites) {
      if (suite != word) continue;
      out += ":+" + std::string(cipher);
      known = true;
    }
    if (!known) return {};
    list.remove_prefix(std::min(list.size(), word.size() + 1));
  }
  return out;
}

bool works(const std::string& priorities) {
  gnutls_priority_t cache = nullptr;
  const int rc = gnutls_priority_init(&cache, priorities.c_str(), nullptr);
  if (rc == GNUTLS_E_SUCCESS) gnutls_priority_deinit(cache);
  return rc == GNUTLS_E_SUCCESS;
}

}  // namespace

std::string default_priorities() {
  return std::string(kProtocols) + std::string(kCiphers) + std::string(kGroups);
}

base::Result<std::string> priorities_for(std::string_view cipher_list) {
  if (cipher_list.empty() || cipher_list == "DEFAULT" || cipher_list == "HIGH") {
    return default_priorities();
  }
  const std::string ciphers = ciphers_of_suites(cipher_list);
  if (!ciphers.empty()) {
    return std::string(kProtocols) + ciphers + std::string(kGroups);
  }
  std::string priorities(cipher_list);
  if (!works(priorities)) {
    return base::fail(base::ErrorKind::usage, "bad_ciphers",
                      "unable to set cipher list: " + base::printable(cipher_list, 80) +
                          " is neither TLS 1.3 suites nor a GnuTLS priority string");
  }
  return priorities;
}

}  // namespace tls
