// What priorities and lists come to: GnuTLS's own word for the one, OpenSSL's for the
// other.
#pragma once

#include <gnutls/gnutls.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/tls/suites.h"

namespace tls {

using Id = std::array<unsigned char, 2>;

/// A suite that GnuTLS would put into its hello.
struct Offer {
  Id id{};
  std::string name;  ///< IANA's for TLS 1.3, else GnuTLS's
  std::string kx;
  std::string cipher;
  std::string mac;
  bool tls13 = false;
};

/// All suites of GnuTLS, by index.
inline std::optional<Offer> offer_at(std::size_t index) {
  Offer out;
  gnutls_kx_algorithm_t kx{};
  gnutls_cipher_algorithm_t cipher{};
  gnutls_mac_algorithm_t mac{};
  gnutls_protocol_t least{};
  const char* name =
      gnutls_cipher_suite_info(index, out.id.data(), &kx, &cipher, &mac, &least);
  if (name == nullptr) return std::nullopt;
  out.name = name;
  out.tls13 = least == GNUTLS_TLS1_3;
  out.kx = out.tls13 ? "" : gnutls_kx_get_name(kx);
  out.cipher = gnutls_cipher_get_name(cipher);
  out.mac = gnutls_mac_get_name(mac);
  return out;
}

/// What a priority string offers, in order; nothing for a string that GnuTLS refuses.
inline std::vector<Offer> offers(const std::string& priorities) {
  std::vector<Offer> out;
  gnutls_priority_t cache = nullptr;
  if (gnutls_priority_init(&cache, priorities.c_str(), nullptr) != 0) return out;
  for (unsigned i = 0;; ++i) {
    unsigned index = 0;
    const int rc = gnutls_priority_get_cipher_suite_index(cache, i, &index);
    if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) break;
    if (rc != 0) continue;
    if (auto offer = offer_at(index)) out.push_back(*offer);
  }
  gnutls_priority_deinit(cache);
  return out;
}

inline std::vector<std::string> names(const std::vector<Offer>& offers) {
  std::vector<std::string> out;
  for (const Offer& offer : offers) out.push_back(offer.name);
  return out;
}

/// A suite as OpenSSL has it.
struct Openssl {
  Id id{};
  std::string name;
  std::string iana;
  bool by_certificate = false;
};

/// What OpenSSL makes of a list, without TLS 1.3; nothing where it refuses it.
inline std::optional<std::vector<Openssl>> openssl_suites(const std::string& list) {
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  if (SSL_CTX_set_cipher_list(context.get(), list.c_str()) != 1) return std::nullopt;
  std::vector<Openssl> out;
  const STACK_OF(SSL_CIPHER)* all = SSL_CTX_get_ciphers(context.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(all, i);
    const int auth = SSL_CIPHER_get_auth_nid(cipher);
    const int kx = SSL_CIPHER_get_kx_nid(cipher);
    if (auth == NID_auth_any) continue;  // of TLS 1.3
    const auto id = SSL_CIPHER_get_protocol_id(cipher);
    const bool cert_auth =
        auth == NID_auth_rsa || auth == NID_auth_ecdsa || auth == NID_auth_dss;
    const bool plain_kx = kx == NID_kx_rsa || kx == NID_kx_ecdhe || kx == NID_kx_dhe;
    out.push_back({{static_cast<unsigned char>(id >> 8U), static_cast<unsigned char>(id)},
                   SSL_CIPHER_get_name(cipher),
                   SSL_CIPHER_standard_name(cipher),
                   cert_auth && plain_kx});
  }
  return out;
}

/// The row of the suite that GnuTLS offers.
inline const Suite* row_of(const Offer& offer) {
  for (const Suite& suite : suites()) {
    if (suite.kx == offer.kx && suite.cipher == offer.cipher && suite.mac == offer.mac) {
      return &suite;
    }
  }
  return nullptr;
}

}  // namespace tls
