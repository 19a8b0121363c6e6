#include "src/tls/certificate_message.h"

#include <gtest/gtest.h>

#include "tests/support/certificates.h"
#include "verify/certificate.h"
#include "verify/stand_in.h"

namespace tls {
namespace {

using base::Bytes;

void put(Bytes& out, std::size_t value, int octets) {
  while (octets-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * octets)));
}

/// The body of a message with these certificates.
Bytes body_of(const verify::Certificates& chain, Layout layout, Bytes extensions = {}) {
  Bytes list;
  for (const Bytes& der : chain) {
    put(list, der.size(), 3);
    list.insert(list.end(), der.begin(), der.end());
    if (layout != Layout::tls13) continue;
    put(list, extensions.size(), 2);
    list.insert(list.end(), extensions.begin(), extensions.end());
  }
  Bytes out;
  if (layout == Layout::tls13) put(out, 0, 1);
  put(out, list.size(), 3);
  out.insert(out.end(), list.begin(), list.end());
  return out;
}

Bytes good_leaf() { return support::make(support::leaf("Middle", {"mail.example.org"})); }

/// One extension twice: GnuTLS does not read it.
Bytes odd_leaf() {
  auto recipe = support::leaf("Middle", {"mail.example.org"});
  recipe.raw = {{"1.2.3.4", Bytes(2)}, {"1.2.3.5", Bytes(2)}};
  return support::splice(support::make(recipe), base::from_hex("2a0305").value(),
                         base::from_hex("2a0304").value());
}

Bytes spki_of(const Bytes& der) {
  const auto spki = verify::parse_certificate(der)->spki;
  return {spki.begin(), spki.end()};
}

class CertificateMessage : public testing::TestWithParam<Layout> {};

TEST_P(CertificateMessage, IsReadAsItIsLaidOut_Rfc8446s4_4_2) {
  const verify::Certificates chain = {good_leaf(), Bytes(5), good_leaf()};
  EXPECT_EQ(read_certificate_message(body_of(chain, GetParam()), GetParam()), chain);
  EXPECT_EQ(read_certificate_message(body_of({}, GetParam()), GetParam()),
            verify::Certificates());
}

TEST_P(CertificateMessage, NothingIsReadBeyondItsEnd) {
  const Bytes body = body_of({Bytes(40), Bytes(7)}, GetParam());
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(read_certificate_message(base::ByteView(body).first(size), GetParam()),
              std::nullopt);
  }
  Bytes longer = body;
  longer.push_back(std::byte{0});
  EXPECT_EQ(read_certificate_message(longer, GetParam()), std::nullopt);
}

TEST_P(CertificateMessage, WhatGnutlsReadsIsLeftAlone) {
  const verify::Certificates chain = {good_leaf(), good_leaf()};
  Bytes body = body_of(chain, GetParam());
  const Bytes before = body;
  EXPECT_EQ(make_readable(body, GetParam(), chain), Reading::plain);
  EXPECT_EQ(body, before);
}

void expect_stood_in(const verify::Certificates& chain, Layout layout, Bytes body) {
  const std::size_t size = body.size();
  ASSERT_EQ(make_readable(body, layout, chain), Reading::stood_in);
  EXPECT_EQ(body.size(), size);
  const auto now = read_certificate_message(body, layout);
  ASSERT_TRUE(now && now->size() == 1);
  EXPECT_TRUE(verify::is_readable(now->front()));
  EXPECT_EQ(spki_of(now->front()), spki_of(chain.front()));
}

TEST_P(CertificateMessage, AnUnreadableLeafBecomesItsKey_Rfc7671s5_1) {
  expect_stood_in({odd_leaf()}, GetParam(), body_of({odd_leaf()}, GetParam()));
  const verify::Certificates chain = {odd_leaf(), good_leaf(), Bytes(300)};
  expect_stood_in(chain, GetParam(), body_of(chain, GetParam()));
}

TEST_P(CertificateMessage, ALeafThatIsNoneIsToldAsTheJudgeHasIt) {
  const verify::Certificates chain = {Bytes(300), good_leaf()};
  Bytes body = body_of(chain, GetParam());
  const auto reading = make_readable(body, GetParam(), chain);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, base::Code::bad_certificate);
}

TEST_P(CertificateMessage, AKeyOfAnUnknownKindIsTold) {
  const auto leaf = support::splice(good_leaf(), base::from_hex("2a8648ce3d0201").value(),
                                    base::from_hex("2a8648ce3d0209").value());
  Bytes body = body_of({leaf}, GetParam());
  const auto reading = make_readable(body, GetParam(), {leaf});
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, base::Code::unsupported_key);
}

INSTANTIATE_TEST_SUITE_P(Of, CertificateMessage,
                         testing::Values(Layout::tls12, Layout::tls13));

TEST(CertificateMessageOfTls13, ExtensionsOfCertificatesArePassedOver) {
  const verify::Certificates chain = {odd_leaf()};
  expect_stood_in(chain, Layout::tls13, body_of(chain, Layout::tls13, Bytes(9)));
}

TEST(CertificateMessageOfTls13, OneWithAContextIsNoServers_Rfc8446s4_4_2) {
  Bytes body = body_of({good_leaf()}, Layout::tls13);
  body[0] = std::byte{1};
  body.insert(body.begin() + 1, std::byte{7});
  EXPECT_EQ(read_certificate_message(body, Layout::tls13), std::nullopt);
}

// Behind the leaf GnuTLS stumbles in TLS 1.2 alone.
TEST(CertificateMessageOfTls12, AnUnreadableIssuerIsLeftOut) {
  const verify::Certificates chain = {good_leaf(), Bytes(5)};
  expect_stood_in(chain, Layout::tls12, body_of(chain, Layout::tls12));
  Bytes body = body_of(chain, Layout::tls13);
  EXPECT_EQ(make_readable(body, Layout::tls13, chain), Reading::plain);
}

TEST(RawKeyMessage, StandsAloneInTls12_Rfc7250s3) {
  const Bytes spki = support::spki_of({"leaf"});
  Bytes alone;
  put(alone, spki.size(), 3);
  alone.insert(alone.end(), spki.begin(), spki.end());
  EXPECT_EQ(read_raw_key_message(alone, Layout::tls12), spki);
  EXPECT_EQ(read_raw_key_message(body_of({spki}, Layout::tls13), Layout::tls13), spki);
  EXPECT_EQ(read_raw_key_message(body_of({spki, spki}, Layout::tls13), Layout::tls13),
            std::nullopt);
  EXPECT_TRUE(check_raw_key(spki));
  EXPECT_FALSE(check_raw_key(Bytes(30)));
}

}  // namespace
}  // namespace tls
