#include "src/tls/priorities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "src/tls/cipher_list.h"
#include "tests/tls/offers.h"

namespace tls {
namespace {

using testing::HasSubstr;

std::vector<Offer> offered(const std::string& list) {
  const auto priorities = priorities_for(list);
  EXPECT_TRUE(priorities) << list << ": " << priorities.error().detail;
  return priorities ? offers(*priorities) : std::vector<Offer>();
}

/// OpenSSL's names of the suites of TLS 1.2 that a list comes to.
std::vector<std::string> of_tls12(const std::string& list) {
  std::vector<std::string> out;
  for (const Offer& offer : offered(list)) {
    if (offer.tls13) continue;
    const Suite* row = row_of(offer);
    out.emplace_back(row == nullptr ? offer.name : row->openssl);
  }
  return out;
}

std::vector<std::string> of_tls13(const std::string& list) {
  std::vector<std::string> out;
  for (const Offer& offer : offered(list)) {
    if (offer.tls13) out.push_back(offer.name);
  }
  return out;
}

std::string refusal(const std::string& list) {
  const auto priorities = priorities_for(list);
  if (priorities) return "taken as " + *priorities;
  EXPECT_EQ(priorities.error().code, base::Code::bad_ciphers);
  EXPECT_EQ(priorities.error().kind, base::ErrorKind::usage);
  return priorities.error().detail;
}

TEST(Priorities, TheDefaultIsForwardSecretAndAuthenticates_Rfc9325s4_1) {
  std::size_t usual = 0;
  for (const Offer& offer : offers(default_priorities())) {
    if (offer.tls13) continue;
    const Suite* row = row_of(offer);
    ASSERT_NE(row, nullptr) << offer.name;
    EXPECT_TRUE(is_usual(*row)) << offer.name;
    ++usual;
  }
  EXPECT_EQ(usual, static_cast<std::size_t>(std::ranges::count_if(suites(), is_usual)));
  EXPECT_EQ(of_tls13("").size(), 4U);
}

TEST(Priorities, ListsThatAskForTheDefault) {
  for (const char* list :
       {"", "DEFAULT", "HIGH", "ALL", "HIGH:!aNULL", "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES",
        "ALL:!aNULL:!eNULL:!LOW:!EXP", "DEFAULT:!PSK:!SRP:!DSS", "HIGH:MEDIUM:!kRSA",
        "HIGH,!aNULL", "HIGH !aNULL", "DEFAULT@SECLEVEL=1", "@SECLEVEL=1:DEFAULT",
        "HIGH:@SECLEVEL=0", "HIGH:!PSK-AES128-CBC-SHA:!ADH-AES128-SHA:!AES128-SHA"}) {
    EXPECT_EQ(priorities_for(list).value_or("refused"), default_priorities()) << list;
  }
}

TEST(Priorities, MozillasIntermediateList) {
  const auto got = of_tls12(
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
      "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
      "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384");
  EXPECT_THAT(got, testing::UnorderedElementsAre(
                       "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
                       "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
                       "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
                       "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384",
                       "DHE-RSA-CHACHA20-POLY1305"));
}

TEST(Priorities, OneSuiteIsOneSuite) {
  for (const char* suite :
       {"ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256",
        "DHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-CCM8", "DHE-RSA-AES128-CCM"}) {
    EXPECT_THAT(of_tls12(suite), testing::ElementsAre(suite));
  }
  EXPECT_THAT(of_tls13("ECDHE-RSA-AES256-GCM-SHA384"),
              testing::ElementsAre("TLS_AES_256_GCM_SHA384"))
      << "no weaker cipher in TLS 1.3 than was asked for";
}

TEST(Priorities, AListOfCbcKeepsTls13) {
  EXPECT_FALSE(of_tls13("ECDHE-RSA-AES256-SHA").empty());
  EXPECT_EQ(of_tls12("ECDHE-RSA-AES256-SHA").front(), "ECDHE-RSA-AES256-SHA");
  EXPECT_THAT(of_tls13("ECDHE-RSA-AES256-SHA"),
              testing::UnorderedElementsAre("TLS_AES_256_GCM_SHA384",
                                            "TLS_CHACHA20_POLY1305_SHA256"))
      << "no weaker cipher than was asked for";
  EXPECT_EQ(of_tls12("ECDHE-RSA-AES256-SHA:!AESGCM:!CHACHA20:!AESCCM"),
            std::vector<std::string>{"ECDHE-RSA-AES256-SHA"});
  EXPECT_TRUE(of_tls13("ECDHE-RSA-AES256-SHA:!AESGCM:!CHACHA20:!AESCCM").empty());
}

TEST(Priorities, WordsAreJoinedMovedAndDropped) {
  for (const std::string& name : of_tls12("kEECDH+AESGCM")) {
    EXPECT_THAT(name, HasSubstr("GCM"));
    EXPECT_TRUE(name.starts_with("ECDHE"));
  }
  EXPECT_EQ(of_tls12("kEECDH+AESGCM").size(), 4U);
  EXPECT_EQ(of_tls12("HIGH:-ECDHE").front().substr(0, 3), "DHE");
  EXPECT_EQ(of_tls12("HIGH:+ECDHE").front().substr(0, 3), "DHE");
  EXPECT_EQ(of_tls12("HIGH:!ECDHE:ECDHE").front().substr(0, 3), "DHE") << "for good";
  EXPECT_EQ(of_tls12("HIGH:-ECDHE:ECDHE").size(), of_tls12("HIGH").size());
  EXPECT_THAT(of_tls12("HIGH:@STRENGTH").front(), HasSubstr("256"));
  EXPECT_THAT(of_tls12("HIGH:!AES128").front(), HasSubstr("AES256"));
  EXPECT_THAT(of_tls12("ECDHE+SHA384").front(), HasSubstr("AES256-SHA384"));
}

TEST(Priorities, SuitesOfTls13) {
  EXPECT_THAT(of_tls13("TLS_CHACHA20_POLY1305_SHA256"),
              testing::ElementsAre("TLS_CHACHA20_POLY1305_SHA256"));
  EXPECT_THAT(of_tls13("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"),
              testing::ElementsAre("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"));
  EXPECT_THAT(of_tls13("TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES256-GCM-SHA384"),
              testing::ElementsAre("TLS_AES_256_GCM_SHA384"));
}

TEST(Priorities, AGnutlsStringStaysAsItIs) {
  for (const char* text : {"NORMAL", "SECURE192", "NORMAL:-VERS-TLS1.2", "PFS"}) {
    EXPECT_EQ(priorities_for(text).value_or("refused"), text);
  }
}

TEST(Priorities, WhatCannotBeSaidIsNamed) {
  EXPECT_THAT(refusal("HIGH:!NONSENSE"), HasSubstr("NONSENSE"));
  EXPECT_THAT(refusal("HIGH:KRB5-MD4"), HasSubstr("KRB5-MD4"));
  EXPECT_THAT(refusal("HIGH:CBC"), HasSubstr("CBC"));
  EXPECT_THAT(refusal("HIGH:@SECLEVEL=3"), HasSubstr("@SECLEVEL=3"));
  EXPECT_THAT(refusal("HIGH:@SECLEVEL=22"), HasSubstr("@SECLEVEL=22"));
  EXPECT_THAT(refusal("HIGH:@WEAK"), HasSubstr("@WEAK"));
  EXPECT_THAT(refusal("HIGH:!TLS_AES_128_GCM_SHA256"), HasSubstr("!TLS_AES_128"));
  EXPECT_THAT(refusal("AES128-SHA"), HasSubstr("AES128-SHA"));
  EXPECT_THAT(refusal("aNULL"), HasSubstr("aNULL"));
  EXPECT_THAT(refusal("DEFAULT@SECLEVEL=3"), HasSubstr("@SECLEVEL=3"));
  EXPECT_THAT(refusal("+"), HasSubstr("+"));
  EXPECT_THAT(refusal("!"), HasSubstr("!"));
  EXPECT_THAT(refusal("ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"),
              HasSubstr("without ECDHE-RSA-AES128-GCM-SHA256"))
      << "weaker than what was asked for with RSA";
  EXPECT_THAT(refusal("HIGH:!DHE-RSA-AES256-GCM-SHA384"),
              HasSubstr("without DHE-RSA-AES256-GCM-SHA384"));
  EXPECT_THAT(refusal("TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256"),
              HasSubstr("without TLS_AES_128_GCM_SHA256"));
}

TEST(Priorities, Level2HasNoSha1InSignatures) {
  const auto text = priorities_for("HIGH:@SECLEVEL=2");
  ASSERT_TRUE(text);
  gnutls_priority_t cache = nullptr;
  ASSERT_EQ(gnutls_priority_init(&cache, text->c_str(), nullptr), 0);
  const unsigned* list = nullptr;
  const int count = gnutls_priority_sign_list(cache, &list);
  ASSERT_GT(count, 5);
  for (int i = 0; i < count; ++i) {
    const auto sign = static_cast<gnutls_sign_algorithm_t>(list[i]);
    EXPECT_NE(gnutls_sign_get_hash_algorithm(sign), GNUTLS_DIG_SHA1)
        << gnutls_sign_get_name(sign);
  }
  gnutls_priority_deinit(cache);
}

/// Key bits of the cipher, and its kind: what a stranger sees of strength in a name.
std::pair<int, int> strength(const std::string& name) {
  const bool cbc =
      name.ends_with("-SHA") || name.ends_with("-SHA256") || name.ends_with("-SHA384");
  const bool aead = name.find("GCM") != std::string::npos ||
                    name.find("CCM") != std::string::npos || !cbc;
  return {name.find("128") != std::string::npos ? 128 : 256, name.ends_with("CCM8") ? 0
                                                             : aead                 ? 2
                                                                                    : 1};
}

std::string kx_of(const std::string& name) {
  return name.substr(0, name.find("-", name.find("-") + 1));
}

// Whatever a list says, and OpenSSL understands: what we offer is in OpenSSL's selection,
// or as strong as something there that has the same key exchange.
RC_GTEST_PROP(PrioritiesProperty, AListNeverEndsUpWeakerThanInOpenssl, ()) {
  static const std::vector<std::string> kSome = {"HIGH",
                                                 "ALL",
                                                 "aNULL",
                                                 "eNULL",
                                                 "ECDHE",
                                                 "DHE",
                                                 "kRSA",
                                                 "aRSA",
                                                 "ECDSA",
                                                 "AES",
                                                 "AES128",
                                                 "AES256",
                                                 "AESGCM",
                                                 "AESCCM",
                                                 "AESCCM8",
                                                 "CHACHA20",
                                                 "CAMELLIA",
                                                 "SHA1",
                                                 "SHA256",
                                                 "SHA384",
                                                 "MD5",
                                                 "RC4",
                                                 "3DES",
                                                 "PSK",
                                                 "DSS",
                                                 "TLSv1.2",
                                                 "SSLv3",
                                                 "TLSv1.0",
                                                 "kEECDH+AESGCM",
                                                 "ECDHE+AES256",
                                                 "DHE+SHA1",
                                                 "aRSA+AESGCM",
                                                 "ECDHE-RSA-AES128-GCM-SHA256",
                                                 "ECDHE-ECDSA-AES256-GCM-SHA384",
                                                 "DHE-RSA-AES256-SHA256",
                                                 "ECDHE-RSA-AES128-SHA",
                                                 "AES256-SHA",
                                                 "@STRENGTH"};
  const auto words =
      *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kSome));
  const auto signs = *rc::gen::container<std::vector<char>>(
      words.size(), rc::gen::element(' ', ' ', '!', '-', '+'));
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!list.empty()) list += ':';
    if (signs[i] != ' ' && words[i].front() != '@') list += signs[i];
    list += words[i];
  }
  RC_PRE(!list.empty());
  const auto priorities = priorities_for(list);
  if (!priorities) RC_DISCARD("refused");
  const auto wanted = openssl_suites(list);
  RC_ASSERT(wanted.has_value());
  for (const Offer& offer : offers(*priorities)) {
    if (offer.tls13) continue;
    const Suite* row = row_of(offer);
    RC_ASSERT(row != nullptr);
    const std::string ours(row->openssl);
    const bool fine = std::ranges::any_of(*wanted, [&](const Openssl& other) {
      return other.name == ours || (kx_of(other.name) == kx_of(ours) &&
                                    strength(ours).first >= strength(other.name).first &&
                                    strength(ours).second >= strength(other.name).second);
    });
    RC_LOG() << list << " offers " << ours;
    RC_ASSERT(fine);
  }
}

}  // namespace
}  // namespace tls
