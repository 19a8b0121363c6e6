// Judgements on certificates that OpenSSL made, not the library of the other tests.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <memory>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::dane;
using support::judge;
using support::kNow;
using support::record;

template <typename T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using Certificate509 = std::unique_ptr<X509, Deleter<X509, X509_free>>;

void set_name(X509_NAME* name, const char* text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// What a certificate of OpenSSL shall say.
struct Order {
  const char* subject;
  const char* issuer;
  EVP_PKEY* key;
  EVP_PKEY* signer;
  std::vector<std::pair<int, const char*>> extensions;
};

base::Bytes make(const Order& order) {
  const Certificate509 certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 77);
  const auto now = kNow.time_since_epoch().count();
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now - 86400);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now + 86400);
  set_name(X509_get_subject_name(certificate.get()), order.subject);
  set_name(X509_get_issuer_name(certificate.get()), order.issuer);
  X509_set_pubkey(certificate.get(), order.key);
  for (const auto& [nid, value] : order.extensions) {
    add_extension(certificate.get(), nid, value);
  }
  const bool eddsa = EVP_PKEY_get_id(order.signer) == EVP_PKEY_ED25519;
  X509_sign(certificate.get(), order.signer, eddsa ? nullptr : EVP_sha256());
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  const auto* begin = reinterpret_cast<const std::byte*>(der);
  base::Bytes out(begin, begin + size);
  OPENSSL_free(der);
  return out;
}

struct OpensslChain {
  explicit OpensslChain(const char* algorithm) {
    const auto generate = [&] {
      const std::string kind = algorithm;
      if (kind == "EC") return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
      if (kind == "RSA") return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048});
      return EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm);
    };
    const PrivateKey ca_key(generate()), leaf_key(generate());
    ca = make({"OpenSSL CA",
               "OpenSSL CA",
               ca_key.get(),
               ca_key.get(),
               {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                {NID_key_usage, "critical,keyCertSign"}}});
    leaf = make({"mail",
                 "OpenSSL CA",
                 leaf_key.get(),
                 ca_key.get(),
                 {{NID_subject_alt_name, "DNS:*.example.org,IP:192.0.2.1"},
                  {NID_ext_key_usage, "serverAuth"}}});
  }
  base::Bytes ca, leaf;
};

class Openssl : public testing::TestWithParam<const char*> {};

TEST_P(Openssl, EveryUsageProves) {
  const OpensslChain made(GetParam());
  const auto store = support::roots({made.ca});
  for (const int usage : support::kUsages) {
    for (const int selector : support::kSelectors) {
      for (const int matching : support::kMatchings) {
        const auto& target = usage % 2 == 1 ? made.leaf : made.ca;
        const auto verdict =
            judge({made.leaf, made.ca}, dane({record(usage, selector, matching, target)}),
                  &store);
        EXPECT_EQ(verdict.outcome, Outcome::dane) << verdict.detail;
      }
    }
  }
}

TEST_P(Openssl, AnchorThatIsNotSent_Rfc7671s5_2_3) {
  const OpensslChain made(GetParam());
  for (const int selector : support::kSelectors) {
    EXPECT_EQ(judge({made.leaf}, dane({record(2, selector, 0, made.ca)})).outcome,
              Outcome::dane);
    EXPECT_EQ(judge({made.leaf}, dane({record(2, selector, 1, made.ca)})).reason,
              Reason::mismatch);
  }
}

TEST_P(Openssl, AddressName_Rfc9525s6_4) {
  const OpensslChain made(GetParam());
  auto wanted = dane({record(2, 1, 1, made.ca)});
  wanted.names = {net::parse_address("192.0.2.1").value()};
  EXPECT_EQ(judge({made.leaf, made.ca}, wanted).outcome, Outcome::dane);
  wanted.names = {net::parse_address("192.0.2.2").value()};
  EXPECT_EQ(judge({made.leaf, made.ca}, wanted).reason, Reason::name_mismatch);
}

INSTANTIATE_TEST_SUITE_P(Keys, Openssl, testing::Values("EC", "RSA", "ED25519"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace verify
