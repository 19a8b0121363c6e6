// What a peer of a test shows as its certificates, whatever octets it is.
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

#include <cstdlib>
#include <iostream>
#include <source_location>
#include <string>
#include <vector>

#include "src/base/bytes.h"

namespace support {

/// A peer that cannot be set up is a bug of the test.
inline void must(int rc, std::source_location where = std::source_location::current()) {
  if (rc >= 0) return;
  std::cerr << where.file_name() << ":" << where.line() << ": " << gnutls_strerror(rc)
            << "\n";
  std::abort();
}

/// The octets of a string or of bytes as GnuTLS takes them, which has no const for them.
inline gnutls_datum_t datum(const auto& octets) {
  const auto* data = reinterpret_cast<const unsigned char*>(octets.data());
  return {const_cast<unsigned char*>(data), static_cast<unsigned>(octets.size())};
}

/// What GnuTLS is given to show, alive as long as the session.
struct Shown {
  gnutls_privkey_t key = nullptr;
  std::vector<gnutls_pcert_st> chain;
  std::vector<gnutls_pcert_st> raw_key;

  explicit Shown(const std::string& pem) {
    must(gnutls_privkey_init(&key));
    const auto text = datum(pem);
    must(gnutls_privkey_import_x509_raw(key, &text, GNUTLS_X509_FMT_PEM, nullptr, 0));
  }
  ~Shown() {
    for (auto* list : {&chain, &raw_key}) {
      for (auto& one : *list) gnutls_pubkey_deinit(one.pubkey);
    }
    gnutls_privkey_deinit(key);
  }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  /// `der` is sent as it is; the public key that GnuTLS signs by is our own.
  void add(std::vector<gnutls_pcert_st>& to, const base::Bytes& der,
           gnutls_certificate_type_t type) const {
    gnutls_pubkey_t pubkey = nullptr;
    must(gnutls_pubkey_init(&pubkey));
    must(gnutls_pubkey_import_privkey(pubkey, key, 0, 0));
    to.push_back({pubkey, datum(der), type});
  }
};

}  // namespace support
