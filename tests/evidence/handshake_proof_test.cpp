// What servers sign, of GnuTLS and of OpenSSL, and what nobody can make of it afterwards.
#include "src/evidence/handshake_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/evidence/transcripts.h"

namespace evidence {
namespace {

using base::Bytes;
using testing::HasSubstr;
using testing::StartsWith;

/// A server of OpenSSL, and what comes of a handshake with it.
struct Row {
  std::string name;
  OpensslRecipe server;
  std::uint16_t scheme;
  std::uint16_t suite = 0;  ///< 0: whichever
  std::string weak{};
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Signed : public testing::TestWithParam<Row> {};

TEST_P(Signed, IsProved) {
  const Row& row = GetParam();
  tls::Options options;
  if (!row.weak.empty()) {
    options.priorities =
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:+SIGN-RSA-SHA1:+SIGN-ECDSA-SHA1:"
        "%VERIFY_ALLOW_SIGN_WITH_SHA1:%VERIFY_ALLOW_BROKEN:%PROFILE_VERY_WEAK";
  }
  const Held held = hold(row.server, options);
  ASSERT_EQ(held.outcome, "ok") << held.detail;
  const auto proof = prove_handshake(held.messages);
  const bool is13 = row.server.version == "1.3";
  ASSERT_EQ(word(proof), is13 ? "all" : "key");
  EXPECT_EQ(proof->client_random, chosen_random());
  EXPECT_EQ(proof->server_name, "mail.example.org");
  EXPECT_EQ(proof->protocol, is13 ? TlsVersion::tls13 : TlsVersion::tls12);
  EXPECT_EQ(proof->scheme, row.scheme);
  EXPECT_EQ(proof->weak.value_or(""), row.weak);
  EXPECT_EQ(tls::shown(proof->chain), tls::shown(held.chain));
  if (row.suite != 0) {
    EXPECT_EQ(proof->suite, row.suite);
  }
}

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {"Rsa", {"RSA:2048"}, 0x0804},
      {"RsaSha384", {.key = "RSA:2048", .schemes = "rsa_pss_rsae_sha384"}, 0x0805},
      {"RsaSha512", {.key = "RSA:3072", .schemes = "rsa_pss_rsae_sha512"}, 0x0806},
      {"RsaPss", {"RSA-PSS:2048"}, 0x0809},
      {"RsaPssSha384", {.key = "RSA-PSS:2048", .schemes = "rsa_pss_pss_sha384"}, 0x080a},
      {"RsaPssSha512", {.key = "RSA-PSS:2048", .schemes = "rsa_pss_pss_sha512"}, 0x080b},
      {"P256", {"P-256"}, 0x0403},
      {"P384", {"P-384"}, 0x0503},
      {"P521", {"P-521"}, 0x0603},
      {"Ed25519", {"ED25519"}, 0x0807},
      {"Ed448", {"ED448"}, 0x0808},
      {"AskedAgain", {.key = "P-256", .groups = "P-384"}, 0x0403},
      {"RsaAskedAgain", {.key = "RSA:2048", .groups = "P-521"}, 0x0804},
      {"AsksTheClient", {.key = "P-256", .asks_client = true}, 0x0403},
      {"Rsa12", {.key = "RSA:2048", .version = "1.2"}, 0x0401},
      {"Rsa12Pss",
       {.key = "RSA:2048", .version = "1.2", .schemes = "rsa_pss_rsae_sha256"},
       0x0804},
      {"Rsa12Pkcs1",
       {.key = "RSA:2048", .version = "1.2", .schemes = "rsa_pkcs1_sha256"},
       0x0401},
      {"Rsa12Pkcs1Sha384",
       {.key = "RSA:2048", .version = "1.2", .schemes = "rsa_pkcs1_sha384"},
       0x0501},
      {"Rsa12Pkcs1Sha512",
       {.key = "RSA:2048", .version = "1.2", .schemes = "rsa_pkcs1_sha512"},
       0x0601},
      {"Rsa12Dhe",
       {.key = "RSA:2048", .version = "1.2", .ciphers = "DHE-RSA-AES128-GCM-SHA256"},
       0x0401,
       0x009e},
      {"RsaPss12", {.key = "RSA-PSS:2048", .version = "1.2"}, 0x0809},
      {"P25612", {.key = "P-256", .version = "1.2"}, 0x0403},
      {"P38412", {.key = "P-384", .version = "1.2"}, 0x0403},
      {"P52112", {.key = "P-521", .version = "1.2", .schemes = "ECDSA+SHA512"}, 0x0603},
      {"Ed2551912", {.key = "ED25519", .version = "1.2"}, 0x0807},
      {"Ed44812", {.key = "ED448", .version = "1.2"}, 0x0808},
      {"AsksTheClient12",
       {.key = "P-256", .version = "1.2", .asks_client = true},
       0x0403},
      {"RsaSha112",
       {.key = "RSA:2048", .version = "1.2", .schemes = "RSA+SHA1"},
       0x0201,
       0,
       "signed with SHA-1"},
      {"EcdsaSha112",
       {.key = "P-256", .version = "1.2", .schemes = "ECDSA+SHA1"},
       0x0203,
       0,
       "signed with SHA-1"},
      {"ShortRsa12",
       {.key = "RSA:1024", .version = "1.2", .schemes = "rsa_pkcs1_sha256"},
       0x0401,
       0,
       "RSA key of 1024 bits"},
  };
  return kRows;
}

INSTANTIATE_TEST_SUITE_P(Each, Signed, testing::ValuesIn(rows()),
                         [](const auto& one) { return one.param.name; });

class ByGnutls : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] static std::string bound() {
    return std::string(GetParam()) == "1.3" ? "all" : "key";
  }
};
INSTANTIATE_TEST_SUITE_P(Each, ByGnutls, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(ByGnutls, AChain) {
  const auto recipe = tls::good_server(GetParam());
  const auto proof = prove_handshake(hold(recipe).messages);
  ASSERT_EQ(word(proof), bound());
  EXPECT_EQ(tls::shown(proof->chain), recipe.chain);
}

TEST_P(ByGnutls, ARawPublicKey_Rfc7250s4) {
  auto recipe = tls::good_server(GetParam());
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = support::spki_of({"leaf"});
  tls::Hello hello = challenge();
  hello.raw_keys = tls::RawKeys::offer;
  const Held held = hold(recipe, hello);
  ASSERT_EQ(held.outcome, "ok");
  const auto proof = prove_handshake(held.messages);
  ASSERT_EQ(word(proof), bound());
  EXPECT_EQ(tls::shown(proof->chain), tls::raw(*recipe.raw_key));
}

TEST_P(ByGnutls, ALeafThatGnutlsCannotRead) {
  auto recipe = tls::good_server(GetParam());
  recipe.chain.front() = tls::odd_leaf();
  const Held held = hold(recipe);
  ASSERT_EQ(held.outcome, "ok");
  const auto proof = prove_handshake(held.messages);
  ASSERT_EQ(word(proof), bound());
  EXPECT_EQ(tls::shown(proof->chain), recipe.chain);
}

TEST_P(ByGnutls, AClientIsAskedForACertificate) {
  auto recipe = tls::good_server(GetParam());
  recipe.client = support::ClientCertificate::asked;
  EXPECT_EQ(word_for(hold(recipe).messages), bound());
}

TEST_P(ByGnutls, TheGroupIsToldByItsNumber) {
  auto recipe = tls::good_server(GetParam());
  recipe.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  const Held held = hold(recipe);
  const auto proof = prove_handshake(held.messages);
  ASSERT_EQ(word(proof), bound());
  EXPECT_EQ(held.messages.size(), std::string(GetParam()) == "1.3" ? 7U : 4U);
  EXPECT_EQ(proof->group, 24);
}

TEST_P(ByGnutls, WithoutAServerName) {
  tls::Hello hello = challenge();
  hello.server_name.clear();
  const auto proof = prove_handshake(hold(tls::good_server(GetParam()), hello).messages);
  ASSERT_EQ(word(proof), bound());
  EXPECT_EQ(proof->server_name, "");
}

// A key that signs nothing is not proved by what it might have signed.
TEST(HandshakeProof, NothingIsSignedWhereKeysAreEncryptedTo_Rfc5246s7_4_3) {
  OpensslRecipe recipe;
  recipe.key = "RSA:2048";
  recipe.version = "1.2";
  recipe.ciphers = "AES128-GCM-SHA256";
  tls::Options options;
  options.priorities = "NORMAL:-KX-ALL:+RSA:-VERS-ALL:+VERS-TLS1.2";
  const Held held = hold(recipe, options);
  ASSERT_EQ(held.outcome, "ok") << held.detail;
  const auto proof = prove_handshake(held.messages);
  ASSERT_EQ(word(proof), "nothing");
  EXPECT_EQ(tls::shown(proof->chain), tls::shown(held.chain));
  EXPECT_FALSE(proof->scheme);
}

TEST_P(ByGnutls, MessagesThatEndEarlyProveNothing) {
  auto recipe = tls::good_server(GetParam());
  recipe.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  Messages messages = hold(recipe).messages;
  for (messages.pop_back(); !messages.empty(); messages.pop_back()) {
    EXPECT_EQ(word_for(messages), "nothing") << messages.size();
  }
  EXPECT_THAT(word_for(messages), StartsWith("bad-evidence"));
}

TEST_P(ByGnutls, MessagesStandInOneOrderOnly) {
  auto recipe = tls::good_server(GetParam());
  recipe.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  recipe.client = support::ClientCertificate::asked;
  const Messages good = hold(recipe).messages;
  ASSERT_EQ(word_for(good), bound());
  for (std::size_t i = 0; i < good.size(); ++i) {
    Messages twice = good;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i), good[i]);
    EXPECT_THAT(word_for(twice), StartsWith("bad-evidence")) << i;
    for (std::size_t j = i + 1; j < good.size(); ++j) {
      Messages swapped = good;
      std::swap(swapped[i], swapped[j]);
      EXPECT_THAT(word_for(swapped), StartsWith("bad-evidence")) << i << " " << j;
    }
    if (i + 1 == good.size()) continue;  // the end may be missing
    Messages fewer = good;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(word_for(fewer), StartsWith("bad-evidence")) << i;
  }
}

TEST_P(ByGnutls, NoOctetStandsBehindAMessage) {
  const Messages good = hold(tls::good_server(GetParam())).messages;
  for (std::size_t i = 0; i < good.size(); ++i) {
    Messages longer = good;
    longer[i].push_back(std::byte{0});
    EXPECT_THAT(word_for(longer), StartsWith("bad-evidence")) << i;
    Messages inside = good;  // by its header it is part of the message
    Bytes body(good[i].begin() + kHeader, good[i].end());
    body.push_back(std::byte{0});
    inside[i] = message(type_of(good[i]), body);
    EXPECT_THAT(word_for(inside), StartsWith("bad-evidence")) << i;
  }
}

TEST_P(ByGnutls, WhatEndsInTheMiddleIsRefused) {
  const Messages good = hold(tls::good_server(GetParam())).messages;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::size_t size = 0; size < good[i].size(); ++size) {
      Messages shorter = good;
      shorter[i] =
          Bytes(good[i].begin(), good[i].begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_THAT(word_for(shorter), StartsWith("bad-evidence")) << i << " " << size;
      if (size < kHeader) continue;
      const Bytes body(shorter[i].begin() + kHeader, shorter[i].end());
      shorter[i] = message(type_of(good[i]), body);
      // A hello may do without its extensions, of which TLS 1.2 signs none.
      const std::string now = word_for(shorter);
      if (now == "key" && bound() == "key" && type_of(good[i]) <= 2) continue;
      ASSERT_THAT(now, StartsWith("bad-evidence")) << i << " " << size;
    }
  }
}

// The signature of one handshake in the messages of another with the same key.
TEST_P(ByGnutls, ASignatureIsForItsOwnHandshake) {
  tls::Hello other = challenge();
  other.random->front() = std::byte{1};
  Messages first = hold(tls::good_server(GetParam())).messages;
  const Messages second = hold(tls::good_server(GetParam()), other).messages;
  ASSERT_EQ(word_for(second), bound());
  first.back() = second.back();
  EXPECT_THAT(word_for(first), HasSubstr("signature is not right"));
}

TEST(HandshakeProof, TheChainAndTheNameAreSignedInTls13) {
  const Messages good = hold(tls::good_server("1.3")).messages;
  auto other_name = challenge();
  other_name.server_name = "mail.example.net";
  const Messages other = hold(tls::good_server("1.3"), other_name).messages;
  Messages named = good;
  named.front() = other.front();
  EXPECT_THAT(word_for(named), HasSubstr("signature is not right"));

  auto recipe = tls::good_server("1.3");
  recipe.chain.pop_back();
  Messages shorter = good;
  shorter.at(3) = hold(recipe).messages.at(3);
  EXPECT_THAT(word_for(shorter), HasSubstr("signature is not right"));
}

TEST(HandshakeProof, AKeyOfAnotherServerDidNotSign) {
  auto recipe = tls::good_server("1.2");
  const Messages good = hold(recipe).messages;
  auto leaf = support::leaf("Middle", {"mail.example.org"});
  leaf.key = {"other"};
  recipe.chain.front() = support::make(leaf);
  recipe.key = {"other"};
  Messages mixed = good;
  mixed.at(2) = hold(recipe).messages.at(2);
  EXPECT_THAT(word_for(mixed), HasSubstr("signature is not right"));
}

}  // namespace
}  // namespace evidence
