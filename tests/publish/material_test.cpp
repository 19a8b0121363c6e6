#include "src/publish/material.h"

#include <gnutls/x509.h>
#include <gtest/gtest.h>

#include <span>

#include "src/base/pem.h"
#include "tests/support/certificates.h"

namespace publish {
namespace {

using support::make;
using support::pem;

TEST(Material, CertificatesInTheirOrder) {
  const auto leaf = make(support::leaf("CA", {"mail.example.org"}));
  const auto anchor = make(support::ca("CA"));
  const auto both = read_certificates("text\n" + pem(leaf) + "more\n" + pem(anchor));
  ASSERT_TRUE(both) << both.error().detail;
  EXPECT_EQ(*both, (verify::Certificates{leaf, anchor}));
}

TEST(Material, ACertificateInDer) {
  const auto leaf = make(support::leaf("CA", {"mail.example.org"}));
  EXPECT_EQ(read_certificates(base::as_text(leaf)).value(), verify::Certificates{leaf});
}

TEST(Material, KeysAmongCertificatesAreLeftOut) {
  const auto leaf = make(support::leaf("CA", {"mail.example.org"}));
  const auto text = base::to_pem("PRIVATE KEY", base::as_bytes("secret")) + pem(leaf);
  EXPECT_EQ(read_certificates(text).value().size(), 1U);
}

void expect_bad(const base::Result<verify::Certificates>& result) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(result.error().code, base::Code::bad_material);
  EXPECT_EQ(result.error().detail.find('\n'), std::string::npos);
}

TEST(Material, WhatIsNoCertificateIsAnError) {
  const auto leaf = make(support::leaf("CA", {"mail.example.org"}));
  expect_bad(read_certificates(""));
  expect_bad(read_certificates("hello"));
  expect_bad(read_certificates(base::to_pem("PRIVATE KEY", base::as_bytes("x"))));
  expect_bad(read_certificates(pem(leaf) + "-----BEGIN CERTIFICATE-----\nAAAA\n"));
  expect_bad(
      read_certificates(pem(leaf) + base::to_pem("CERTIFICATE", base::as_bytes("x"))));
  auto longer = leaf;
  longer.push_back(std::byte{0});
  expect_bad(read_certificates(pem(longer)));
}

TEST(Material, ARawPublicKeyIsAChain_Rfc7250s3) {
  const auto spki = support::spki_of({"raw"});
  const auto chain = read_chain(base::to_pem("PUBLIC KEY", spki));
  ASSERT_TRUE(chain);
  EXPECT_EQ(std::get<verify::RawPublicKey>(*chain).spki, spki);
  EXPECT_FALSE(read_chain(base::to_pem("PUBLIC KEY", base::as_bytes("no key"))));
}

TEST(Material, KeysAreRead) {
  const auto spki = support::spki_of({"raw"});
  EXPECT_EQ(read_key(base::to_pem("PUBLIC KEY", spki)).value(), spki);
  EXPECT_FALSE(read_key("hello"));
  EXPECT_FALSE(read_key(base::to_pem("PRIVATE KEY", base::as_bytes("x"))));
  EXPECT_FALSE(read_request("hello"));
}

/// A certification request (RFC 2986) for this key, in DER.
base::Bytes request_for(const support::Key& key) {
  gnutls_x509_privkey_t owner = nullptr;
  gnutls_x509_crq_t request = nullptr;
  EXPECT_EQ(gnutls_x509_privkey_init(&owner), 0);
  EXPECT_EQ(gnutls_x509_crq_init(&request), 0);
  std::string text = support::key_pem(key);
  const gnutls_datum_t datum{reinterpret_cast<unsigned char*>(text.data()),
                             static_cast<unsigned>(text.size())};
  EXPECT_EQ(gnutls_x509_privkey_import(owner, &datum, GNUTLS_X509_FMT_PEM), 0);
  EXPECT_EQ(gnutls_x509_crq_set_key(request, owner), 0);
  EXPECT_EQ(gnutls_x509_crq_sign2(request, owner, GNUTLS_DIG_SHA256, 0), 0);
  gnutls_datum_t der{};
  EXPECT_EQ(gnutls_x509_crq_export2(request, GNUTLS_X509_FMT_DER, &der), 0);
  const auto octets = std::as_bytes(std::span(der.data, der.size));
  base::Bytes out(octets.begin(), octets.end());
  gnutls_free(der.data);
  gnutls_x509_crq_deinit(request);
  gnutls_x509_privkey_deinit(owner);
  return out;
}

// Who cannot sign with a key does not have it, and a record of it proves nobody.
TEST(Material, ARequestIsSignedByItsOwnKey_Rfc2986s3) {
  const auto good = request_for({"asked"});
  const auto key = read_request(base::as_text(good));
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(*key, support::spki_of({"asked"}));
  const auto forged = support::splice(good, *key, support::spki_of({"other"}));
  const auto refused = read_request(base::as_text(forged));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("not signed"), std::string::npos);
}

}  // namespace
}  // namespace publish
