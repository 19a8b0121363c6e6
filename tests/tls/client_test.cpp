// What our hello offers and what comes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tls/attempt.h"

namespace tls {
namespace {

using base::Bytes;
using support::TlsServer;
using testing::HasSubstr;

class Client : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Each, Client, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(Client, OurCertificateIsNotSentUnasked) {
  const std::string file = testing::TempDir() + "unasked-" + GetParam() + ".pem";
  std::ofstream(file) << support::pem(good_chain().front()) << support::key_pem({"leaf"});
  Options options;
  options.certificate.file = file;
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), {}, Opinion::believe, options);
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_TRUE(attempt.session().own_certificate().empty());
}

TEST_P(Client, AServerThatAsksAClientWithoutACertificateGetsNone) {
  auto recipe = good_server(GetParam());
  recipe.client = support::ClientCertificate::asked;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_TRUE(attempt.session().own_certificate().empty());
  attempt.hang_up();
  EXPECT_TRUE(server.seen().certificates.empty());
}

TEST_P(Client, SendsTheServerName_Rfc6066s3) {
  Hello hello;
  hello.server_name = "mail.example.org";
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), hello);
  EXPECT_EQ(attempt.outcome(), "ok");
  attempt.hang_up();
  EXPECT_EQ(server.seen().server_name, "mail.example.org");
}

// For an address no name is set: then the extension must not be there at all.
TEST_P(Client, SendsNoServerNameWhereThereIsNone_Rfc6066s3) {
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok");
  attempt.hang_up();
  EXPECT_FALSE(server.seen().extensions.contains(0));
}

// A resumed session would skip the proof (RFC 7671 5.1): nothing in our hello may make
// a server give tickets out. Nobody reads a stapled OCSP response: it is not asked for.
TEST_P(Client, OffersNeitherTicketsNorStatusRequests) {
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok");
  attempt.hang_up();
  const auto& extensions = server.seen().extensions;
  EXPECT_TRUE(extensions.contains(43)) << "supported_versions: the hello was read";
  EXPECT_FALSE(extensions.contains(35)) << "session_ticket";
  EXPECT_FALSE(extensions.contains(41)) << "pre_shared_key";
  EXPECT_FALSE(extensions.contains(42)) << "early_data";
  EXPECT_FALSE(extensions.contains(5)) << "status_request";
  EXPECT_FALSE(extensions.contains(20)) << "server_certificate_type";
}

TEST_P(Client, ARawPublicKeyIsTakenWhereItIsOffered_Rfc7250s4) {
  auto recipe = good_server(GetParam());
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = support::spki_of({"leaf"});
  Hello hello;
  hello.raw_keys = RawKeys::offer;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  EXPECT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(shown(attempt.judged()), raw(*recipe.raw_key));
  EXPECT_EQ(shown(attempt.session().chain()), shown(attempt.judged()));
}

TEST_P(Client, WithoutTheOfferACertificateIsShown) {
  auto recipe = good_server(GetParam());
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = support::spki_of({"leaf"});
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(shown(attempt.judged()), recipe.chain);
}

TEST_P(Client, WithTheOfferACertificateIsStillTaken) {
  Hello hello;
  hello.raw_keys = RawKeys::offer;
  auto recipe = good_server(GetParam());
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(shown(attempt.judged()), recipe.chain);
}

TEST_P(Client, TellsWhatWasNegotiated) {
  auto recipe = good_server(GetParam());
  recipe.priorities += ":-CIPHER-ALL:+AES-256-GCM:-GROUP-ALL:+GROUP-SECP256R1";
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  ASSERT_EQ(attempt.outcome(), "ok");
  const auto facts = attempt.session().facts();
  const bool is13 = std::string(GetParam()) == "1.3";
  EXPECT_EQ(facts.protocol, is13 ? "TLSv1.3" : "TLSv1.2");
  EXPECT_EQ(facts.cipher,
            is13 ? "TLS_AES_256_GCM_SHA384" : "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(facts.group, "SECP256R1");
  EXPECT_EQ(facts.key_bits, 256);
  EXPECT_EQ(facts.exporter.size(), 32U) << "RFC 9266";
  EXPECT_EQ(facts.session_id.empty(), false);
}

TEST(ClientHello, OldVersionsAreNotSpoken_Rfc8996s4) {
  auto recipe = good_server("1.1");
  recipe.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT";
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "handshake");
  EXPECT_EQ(attempt.judgements(), 0);
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST(ClientHello, PrioritiesThatNobodyUnderstandsAreAnErrorOfUsage) {
  Options options;
  options.priorities = "NORMAL:+NONSENSE";
  const auto made = make_client(options, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::Code::bad_ciphers);
  EXPECT_EQ(made.error().kind, base::ErrorKind::usage);
}

}  // namespace
}  // namespace tls
