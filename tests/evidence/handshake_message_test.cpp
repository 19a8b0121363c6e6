// What messages may say that no library would write, and what a signature cannot mend.
#include "src/evidence/handshake_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/evidence/made_handshake.h"

namespace evidence {
namespace {

using base::Bytes;
using support::Key;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kName = "000d 00 000a 612e6578616d706c652e";  // a.example.

TEST(HandshakeMessage, MadeByHandIsAsGood) {
  const auto proof = prove_handshake(made13({{0, kName}}));
  ASSERT_EQ(word(proof), "all");
  EXPECT_EQ(proof->server_name, "a.example.");
  EXPECT_EQ(proof->group, 0x1d);
  EXPECT_EQ(proof->suite, 0x1301);
}

// GREASE (RFC 8701) and what comes after us.
TEST(HandshakeMessage, ExtensionsThatNobodyKnowsAreLetPass_Rfc8446s4_2) {
  const std::vector<Extension> strange = {{0x0a0a, ""}, {0xfafa, "00"}, {0xfff0, "0102"}};
  auto server = usual13();
  server.insert(server.end(), strange.begin(), strange.end());
  EXPECT_EQ(word_for(made13(strange, server, strange)), "all");
}

TEST(HandshakeMessage, NoExtensionStandsThereTwice_Rfc8446s4_2) {
  const Extension twice = {0xfff0, ""};
  EXPECT_THAT(word_for(made13({twice, twice})), HasSubstr("ClientHello is malformed"));
  auto server = usual13();
  server.push_back(server.front());
  EXPECT_THAT(word_for(made13({}, server)), HasSubstr("ServerHello is malformed"));
  EXPECT_THAT(word_for(made13({}, usual13(), {twice, twice})),
              HasSubstr("EncryptedExtensions are malformed"));
}

// Who has such a session knows a key that both ends know, and can make up the rest.
TEST(HandshakeMessage, ASessionThatIsTakenUpAgainIsRefused_Rfc8446s2_2) {
  EXPECT_THAT(word_for(made13({{41, "0001"}})), HasSubstr("earlier session"));
  EXPECT_THAT(word_for(made13({{42, ""}})), HasSubstr("earlier session"));
  auto server = usual13();
  server.emplace_back(41, "0000");
  EXPECT_THAT(word_for(made13({}, server)), HasSubstr("earlier session"));
  server = {{43, "0304"}, {41, "0000"}};  // without a share of its own
  EXPECT_THAT(word_for(made13({}, server)), HasSubstr("earlier session"));
  EXPECT_THAT(word_for(made13({}, usual13(), {{42, ""}})), HasSubstr("early data"));
}

TEST(HandshakeMessage, AServerNameIsOneHostName_Rfc6066s3) {
  for (const auto* data :
       {"", "0000", "0003000000", "000e 00 000a 612e6578616d706c652e",
        "000d 01 000a 612e6578616d706c652e", "0008 00 0001 61 00 0001 62",
        "0004 00 0001 00", "0004 00 0001 ff", "0004 00 0001 20", "0004 00 0002 61",
        "0004 00 0001 61 00"}) {
    EXPECT_THAT(word_for(made13({{0, data}})), HasSubstr("ClientHello is malformed"))
        << data;
  }
  EXPECT_EQ(word_for(made13({{0, "0004 00 0001 61"}})), "all");
}

TEST(HandshakeMessage, VersionsBeforeTls12AreRefused_Rfc8996s4) {
  Messages old = made13({});
  old[1][kHeader + 1] = std::byte{2};
  EXPECT_THAT(word_for(old), HasSubstr("ServerHello is malformed"));
  for (const auto* version : {"0303", "0302", "0305", "7f1c", "03", "030400"}) {
    EXPECT_THAT(word_for(made13({}, {{43, version}, {51, "001d 0001 01"}})),
                HasSubstr("ServerHello is malformed"))
        << version;
  }
}

TEST(HandshakeMessage, ARawKeyIsShownToWhomItWasOffered_Rfc7250s4_2) {
  const std::vector<Extension> raw = {{20, "02"}};
  const auto made = [&](const std::vector<Extension>& client,
                        const std::vector<Extension>& encrypted) {
    return signed13(
        {client_hello(client), server_hello("1301", usual13()),
         more_extensions(encrypted), certificate13(support::spki_of({"leaf"}))},
        {"leaf"});
  };
  const auto proof = prove_handshake(made({{20, "020200"}}, raw));
  ASSERT_EQ(word(proof), "all");
  EXPECT_EQ(tls::shown(proof->chain), tls::raw(support::spki_of({"leaf"})));
  EXPECT_THAT(word_for(made({}, raw)), HasSubstr("nobody asked for"));
  EXPECT_THAT(word_for(made({{20, "0100"}}, raw)), HasSubstr("nobody asked for"));
  EXPECT_THAT(word_for(made({{20, "020200"}}, {{20, "01"}})), StartsWith("bad-evidence"));
  EXPECT_THAT(word_for(made({{20, "020200"}}, {{20, "0200"}})),
              StartsWith("bad-evidence"));
  // It is not a certificate either.
  EXPECT_THAT(word_for(made({{20, "020200"}}, {})), HasSubstr("leaf is not"));
}

Messages by(const Key& key, const By& scheme) {
  auto leaf = support::leaf("Middle", {"mail.example.org"});
  leaf.key = key;
  return signed13({client_hello({}), server_hello("1301", usual13()), more_extensions({}),
                   certificate13(support::make(leaf))},
                  key, scheme);
}

TEST(HandshakeMessage, EachSchemeHasItsKindOfKey_Rfc8446s4_2_3) {
  const Key rsa{"rsa", Key::Kind::rsa2048};
  const Key curve{"curve"};
  EXPECT_EQ(word_for(by(rsa, {0x0804, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256})), "all");
  EXPECT_EQ(word_for(by(curve, {0x0403, GNUTLS_SIGN_ECDSA_SHA256})), "all");
  const auto refused = HasSubstr("does not sign by such a scheme");
  // A good signature under the name of that for keys of RSASSA-PSS.
  EXPECT_THAT(word_for(by(rsa, {0x0809, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256})), refused);
  // PKCS #1 and SHA-1 are of TLS 1.2.
  EXPECT_THAT(word_for(by(rsa, {0x0401, GNUTLS_SIGN_RSA_SHA256})), refused);
  EXPECT_THAT(word_for(by(rsa, {0x0201, GNUTLS_SIGN_RSA_SHA256})), refused);
  EXPECT_THAT(word_for(by(curve, {0x0203, GNUTLS_SIGN_ECDSA_SHA256})), refused);
  EXPECT_THAT(word_for(by(curve, {0x0807, GNUTLS_SIGN_ECDSA_SHA256})), refused);
  EXPECT_THAT(word_for(by(curve, {0x0000, GNUTLS_SIGN_ECDSA_SHA256})), refused);
  // In TLS 1.3 a scheme names its curve.
  EXPECT_THAT(word_for(by(curve, {0x0503, GNUTLS_SIGN_ECDSA_SHA384})),
              HasSubstr("signature is not right"));
}

TEST(HandshakeMessage, TheHashIsThatOfTheSuite_Rfc8446s4_4_3) {
  const auto made = [](const std::string& suite) {
    return signed13({client_hello({}), server_hello(suite, usual13()),
                     more_extensions({}), certificate13(tls::good_chain().front())},
                    {"leaf"});
  };
  EXPECT_EQ(word_for(made("1303")), "all");
  EXPECT_THAT(word_for(made("1302")), HasSubstr("signature is not right"));
  EXPECT_THAT(word_for(made("c02f")), HasSubstr("none of TLS 1.3"));
}

TEST(HandshakeMessage, NoKeyIsComputedWithThatWouldTakeLong) {
  const auto begin = std::chrono::steady_clock::now();
  const Bytes spki = tls::rsa_spki(Bytes(30'000, std::byte{0xff}));
  Messages messages = {client_hello({{20, "020200"}}), server_hello("1301", usual13()),
                       more_extensions({{20, "02"}}), certificate13(spki)};
  messages.push_back(message(
      15, Octets().hex("0804").vector(Bytes(30'000, std::byte{0x7f}), 2).bytes()));
  EXPECT_THAT(word_for(messages), HasSubstr("is not used"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(HandshakeMessage, AKeyExchangeThatIsNoneIsRefused_Rfc8422s5_4) {
  const auto made = [](const std::string& suite, const std::string& exchange) {
    return Messages{client_hello({}), server_hello(suite, {}),
                    message(11, base::from_hex("000006 000003 010203").value()),
                    message(12, base::from_hex(exchange).value())};
  };
  const auto malformed = HasSubstr("ServerKeyExchange is malformed");
  EXPECT_THAT(word_for(made("c02f", "03 001d 01 05 0804 0001 00")),
              HasSubstr("leaf is not"));
  EXPECT_THAT(word_for(made("009e", "0001 05 0001 02 0001 03 0804 0001 00")),
              HasSubstr("leaf is not"));
  for (const auto* bad :
       {"", "03", "01 001d 01 05 0804 0001 00", "03 001d 00 0804 0001 00",
        "03 001d 01 05", "03 001d 01 05 0804 0002 00", "03 001d 01 05 0804 0001 00 00",
        "03 001d ff 05 0804 0001 00"}) {
    EXPECT_THAT(word_for(made("c02f", bad)), malformed) << bad;
  }
  for (const auto* bad : {"", "0001 05 0001 02 0000 0804 0001 00", "ffff 05",
                          "03 001d 01 05 0804 0001 00"}) {
    EXPECT_THAT(word_for(made("009e", bad)), malformed) << bad;
  }
  // A suite without a signature has no such message, and none whose number is unknown.
  for (const auto* suite : {"009c", "1301", "0000", "ffff"}) {
    EXPECT_THAT(word_for(made(suite, "03 001d 01 05 0804 0001 00")), malformed) << suite;
  }
}

// Whoever sees the first hello only must not be able to put other words beside it.
TEST(HandshakeMessage, BothHellosOfARetrySayTheSame_Rfc8446s4_1_2) {
  auto recipe = tls::good_server("1.3");
  recipe.priorities += ":-GROUP-ALL:+GROUP-SECP384R1";
  const Messages good = hold(recipe).messages;
  ASSERT_EQ(word_for(good), "all");
  Messages other = good;
  other[2][kHeader + 2] ^= std::byte{1};  // its random
  EXPECT_THAT(word_for(other), HasSubstr("contradict"));
  other = good;
  other[2] = client_hello({});  // without a name
  EXPECT_THAT(word_for(other), HasSubstr("contradict"));
  other = good;
  other.insert(other.begin() + 2, good.begin(), good.begin() + 2);
  EXPECT_THAT(word_for(other), HasSubstr("third hello"));
  other = good;  // no answer to the second hello
  other.erase(other.begin() + 2, other.begin() + 4);
  EXPECT_THAT(word_for(other), HasSubstr("no place there"));
}

TEST(HandshakeMessage, NoMessagesAreNoHandshake) {
  EXPECT_THAT(word_for({}), StartsWith("bad-evidence"));
  EXPECT_THAT(word_for({{}}), StartsWith("bad-evidence"));
  EXPECT_THAT(word_for({Bytes(3)}), StartsWith("bad-evidence"));
}

}  // namespace
}  // namespace evidence
