#include "tests/support/certificates.h"

#include <gnutls/abstract.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <source_location>

namespace support {
namespace {

// A certificate that cannot be made is a bug of the test.
void must(int rc, std::source_location where = std::source_location::current()) {
  if (rc >= 0) return;
  std::cerr << "certificates.cpp:" << where.line() << ": " << gnutls_strerror(rc) << "\n";
  std::abort();
}

gnutls_x509_privkey_t make_key(Key::Kind kind) {
  gnutls_x509_privkey_t key = nullptr;
  must(gnutls_x509_privkey_init(&key));
  switch (kind) {
    case Key::Kind::p256:
      must(gnutls_x509_privkey_generate(
          key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
      break;
    case Key::Kind::rsa2048:
      must(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0));
      break;
    case Key::Kind::rsa1024:
      must(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 1024, 0));
      break;
    case Key::Kind::ed25519:
      must(gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519,
                                        GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519),
                                        0));
      break;
  }
  return key;
}

gnutls_x509_privkey_t key_of(const Key& key) {
  struct Free {
    void operator()(gnutls_x509_privkey_int* k) const { gnutls_x509_privkey_deinit(k); }
  };
  static std::map<std::pair<std::string, Key::Kind>,
                  std::unique_ptr<gnutls_x509_privkey_int, Free>>
      keys;
  auto& kept = keys[{key.name, key.kind}];
  if (!kept) kept.reset(make_key(key.kind));
  return kept.get();
}

base::Bytes to_bytes(gnutls_datum_t& datum) {
  const auto* data = reinterpret_cast<const std::byte*>(datum.data);
  base::Bytes out(data, data + datum.size);
  gnutls_free(datum.data);
  return out;
}

void add_names(gnutls_x509_crt_t crt, const Recipe& recipe) {
  for (const auto& name : recipe.dns) {
    must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name.data(),
                                              static_cast<unsigned>(name.size()),
                                              GNUTLS_FSAN_APPEND));
  }
  for (const auto& ip : recipe.ips) {
    must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, ip.data(),
                                              static_cast<unsigned>(ip.size()),
                                              GNUTLS_FSAN_APPEND));
  }
}

void add_constraints(gnutls_x509_crt_t crt, const Recipe& recipe) {
  if (recipe.permitted_dns.empty() && recipe.excluded_dns.empty()) return;
  gnutls_x509_name_constraints_t nc = nullptr;
  must(gnutls_x509_name_constraints_init(&nc));
  const auto datum = [](const std::string& name) {
    return gnutls_datum_t{
        reinterpret_cast<unsigned char*>(const_cast<char*>(name.data())),
        static_cast<unsigned>(name.size())};
  };
  for (const auto& name : recipe.permitted_dns) {
    const auto d = datum(name);
    must(gnutls_x509_name_constraints_add_permitted(nc, GNUTLS_SAN_DNSNAME, &d));
  }
  for (const auto& name : recipe.excluded_dns) {
    const auto d = datum(name);
    must(gnutls_x509_name_constraints_add_excluded(nc, GNUTLS_SAN_DNSNAME, &d));
  }
  must(gnutls_x509_crt_set_name_constraints(crt, nc, 1));
  gnutls_x509_name_constraints_deinit(nc);
}

void add_extensions(gnutls_x509_crt_t crt, const Recipe& recipe) {
  add_names(crt, recipe);
  if (recipe.ca) {
    must(gnutls_x509_crt_set_basic_constraints(crt, *recipe.ca ? 1 : 0,
                                               recipe.path_length));
  }
  if (recipe.key_usage) must(gnutls_x509_crt_set_key_usage(crt, *recipe.key_usage));
  for (const auto& oid : recipe.purposes) {
    must(gnutls_x509_crt_set_key_purpose_oid(crt, oid.c_str(), 0));
  }
  add_constraints(crt, recipe);
  if (const auto& id = recipe.subject_key_id; !id.empty()) {
    must(gnutls_x509_crt_set_subject_key_id(crt, id.data(), id.size()));
  }
  if (const auto& id = recipe.authority_key_id; !id.empty()) {
    must(gnutls_x509_crt_set_authority_key_id(crt, id.data(), id.size()));
  }
  for (const auto& raw : recipe.raw) {
    must(gnutls_x509_crt_set_extension_by_oid(crt, raw.oid.c_str(), raw.value.data(),
                                              raw.value.size(), raw.critical ? 1 : 0));
  }
}

void set_dn(gnutls_x509_crt_t crt, const std::string& name, bool issuer) {
  if (name.empty()) return;
  const auto set =
      issuer ? gnutls_x509_crt_set_issuer_dn_by_oid : gnutls_x509_crt_set_dn_by_oid;
  must(set(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name.data(),
           static_cast<unsigned>(name.size())));
}

// Signs with a key of its own issuer: the name is set before, so GnuTLS keeps it only if
// a certificate with that subject signs.
void sign(gnutls_x509_crt_t crt, const std::string& issuer, const Key& signer,
          bool sha1) {
  gnutls_x509_crt_t by = nullptr;
  must(gnutls_x509_crt_init(&by));
  set_dn(by, issuer, false);
  must(gnutls_x509_crt_set_key(by, key_of(signer)));
  const bool eddsa = signer.kind == Key::Kind::ed25519;
  const auto digest = sha1    ? GNUTLS_DIG_SHA1
                      : eddsa ? GNUTLS_DIG_SHA512
                              : GNUTLS_DIG_SHA256;
  must(gnutls_x509_crt_sign2(crt, by, key_of(signer), digest, 0));
  gnutls_x509_crt_deinit(by);
}

Key named(Key key, const std::string& name) {
  if (key.name.empty()) key.name = name;
  return key;
}

}  // namespace

base::Bytes make(const Recipe& recipe) {
  const auto& issuer = recipe.issuer.empty() ? recipe.subject : recipe.issuer;
  const bool self = recipe.issuer.empty();
  const auto key = named(recipe.key, recipe.subject);
  const auto signer =
      self && recipe.signer.name.empty() ? key : named(recipe.signer, issuer);
  gnutls_x509_crt_t crt = nullptr;
  must(gnutls_x509_crt_init(&crt));
  must(gnutls_x509_crt_set_version(crt, recipe.version));
  static unsigned char serial = 0;
  const unsigned char octets[] = {1, 2, 3, ++serial};
  must(gnutls_x509_crt_set_serial(crt, octets, sizeof octets));
  must(gnutls_x509_crt_set_activation_time(crt, recipe.from.time_since_epoch().count()));
  must(gnutls_x509_crt_set_expiration_time(crt, recipe.until.time_since_epoch().count()));
  set_dn(crt, recipe.subject, false);
  if (!recipe.email.empty()) {
    must(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_PKCS9_EMAIL, 0,
                                       recipe.email.data(),
                                       static_cast<unsigned>(recipe.email.size())));
  }
  must(gnutls_x509_crt_set_key(crt, key_of(key)));
  if (recipe.version == 3) add_extensions(crt, recipe);
  sign(crt, issuer, signer, recipe.sha1);
  gnutls_datum_t out{};
  must(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &out));
  gnutls_x509_crt_deinit(crt);
  return to_bytes(out);
}

Recipe leaf(std::string issuer, std::vector<std::string> dns) {
  Recipe recipe;
  recipe.issuer = std::move(issuer);
  recipe.dns = std::move(dns);
  return recipe;
}

Recipe ca(std::string subject, std::string issuer) {
  Recipe recipe;
  recipe.subject = std::move(subject);
  recipe.issuer = std::move(issuer);
  recipe.ca = true;
  recipe.key_usage = GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN;
  return recipe;
}

base::Bytes spki_of(const Key& key) {
  gnutls_pubkey_t pubkey = nullptr;
  gnutls_privkey_t privkey = nullptr;
  must(gnutls_pubkey_init(&pubkey));
  must(gnutls_privkey_init(&privkey));
  must(gnutls_privkey_import_x509(privkey, key_of(key), 0));
  must(gnutls_pubkey_import_privkey(pubkey, privkey, 0, 0));
  gnutls_datum_t out{};
  must(gnutls_pubkey_export2(pubkey, GNUTLS_X509_FMT_DER, &out));
  gnutls_privkey_deinit(privkey);
  gnutls_pubkey_deinit(pubkey);
  return to_bytes(out);
}

std::string key_pem(const Key& key) {
  gnutls_datum_t out{};
  must(gnutls_x509_privkey_export2_pkcs8(key_of(key), GNUTLS_X509_FMT_PEM, nullptr,
                                         GNUTLS_PKCS_PLAIN, &out));
  const auto bytes = to_bytes(out);
  return std::string(base::as_text(bytes));
}

std::string key_pem(const Key& key, const std::string& password) {
  gnutls_datum_t out{};
  must(gnutls_x509_privkey_export2_pkcs8(key_of(key), GNUTLS_X509_FMT_PEM,
                                         password.c_str(), GNUTLS_PKCS_PBES2_AES_256,
                                         &out));
  const auto bytes = to_bytes(out);
  return std::string(base::as_text(bytes));
}

std::string revocation_pem(const RevocationRecipe& recipe) {
  gnutls_x509_crl_t list = nullptr;
  must(gnutls_x509_crl_init(&list));
  must(gnutls_x509_crl_set_version(list, 2));
  const unsigned char number = 1;
  must(gnutls_x509_crl_set_number(list, &number, sizeof number));
  must(gnutls_x509_crl_set_this_update(list, recipe.from.time_since_epoch().count()));
  must(gnutls_x509_crl_set_next_update(list, recipe.until.time_since_epoch().count()));
  for (const auto& der : recipe.revoked) {
    gnutls_x509_crt_t crt = nullptr;
    must(gnutls_x509_crt_init(&crt));
    const gnutls_datum_t in{
        reinterpret_cast<unsigned char*>(const_cast<std::byte*>(der.data())),
        static_cast<unsigned>(der.size())};
    must(gnutls_x509_crt_import(crt, &in, GNUTLS_X509_FMT_DER));
    must(gnutls_x509_crl_set_crt(list, crt, recipe.from.time_since_epoch().count()));
    gnutls_x509_crt_deinit(crt);
  }
  gnutls_x509_crt_t by = nullptr;
  must(gnutls_x509_crt_init(&by));
  const Key signer = named(recipe.signer, recipe.issuer);
  set_dn(by, recipe.issuer, false);
  must(gnutls_x509_crt_set_key(by, key_of(signer)));
  must(gnutls_x509_crl_sign2(list, by, key_of(signer), GNUTLS_DIG_SHA256, 0));
  gnutls_x509_crt_deinit(by);
  gnutls_datum_t out{};
  must(gnutls_x509_crl_export2(list, GNUTLS_X509_FMT_PEM, &out));
  gnutls_x509_crl_deinit(list);
  const auto bytes = to_bytes(out);
  return std::string(base::as_text(bytes));
}

base::Bytes splice(base::Bytes der, base::ByteView from, base::ByteView to) {
  const auto at = std::search(der.begin(), der.end(), from.begin(), from.end());
  if (at == der.end() || from.size() != to.size()) std::abort();
  std::copy(to.begin(), to.end(), at);
  return der;
}

std::string pem(const base::Bytes& der, std::string_view label) {
  const gnutls_datum_t in{
      reinterpret_cast<unsigned char*>(const_cast<std::byte*>(der.data())),
      static_cast<unsigned>(der.size())};
  gnutls_datum_t out{};
  must(gnutls_pem_base64_encode2(std::string(label).c_str(), &in, &out));
  const auto bytes = to_bytes(out);
  return std::string(base::as_text(bytes));
}

}  // namespace support
