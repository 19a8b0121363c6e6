// At which moment the peer is judged, by what, and what follows from it.
#include <gtest/gtest.h>

#include "tests/tls/attempt.h"

namespace tls {
namespace {

using base::Bytes;
using support::TlsServer;

class Handshake : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Each, Handshake, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(Handshake, ShowsTheJudgeTheChainAsItWasSent_Rfc7671s4) {
  const auto chain = good_chain();
  auto recipe = good_server(GetParam());
  recipe.chain = chain;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.judgements(), 1);
  EXPECT_EQ(shown(attempt.judged()), chain);
  EXPECT_EQ(shown(attempt.session().chain()), chain);
  attempt.hang_up();
  EXPECT_EQ(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST_P(Handshake, KeepsAnOddOrderOfTheChain) {
  auto chain = good_chain();
  std::swap(chain[1], chain[2]);
  chain.push_back(chain[1]);
  auto recipe = good_server(GetParam());
  recipe.chain = chain;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(shown(attempt.judged()), chain);
}

// The server's handshake must not come to its end: our Finished never left.
TEST_P(Handshake, ARefusedPeerHearsAnAlertAndNoFinished_Rfc8446s4_4_4) {
  TlsServer server(good_server(GetParam()));
  Attempt attempt(server.take_client(), {}, Opinion::refuse);
  EXPECT_EQ(attempt.outcome(), "refused");
  EXPECT_TRUE(attempt.is_temporary());
  EXPECT_EQ(attempt.judgements(), 1);
  EXPECT_EQ(shown(attempt.session().chain()), shown(attempt.judged()));
  EXPECT_TRUE(attempt.session().facts().exporter.empty()) << "no channel to bind to";
  EXPECT_EQ(server.seen().handshake, GNUTLS_E_FATAL_ALERT_RECEIVED);
  EXPECT_EQ(server.seen().alert, gnutls_alert_get_name(GNUTLS_A_BAD_CERTIFICATE));
  EXPECT_EQ(server.seen().heard, "");
}

TEST_P(Handshake, ARefusedPeerDoesNotSeeOurCertificate) {
  const auto own = support::make(support::leaf("Somebody", {"client.example.org"}));
  const std::string file = testing::TempDir() + "own-" + GetParam() + ".pem";
  std::ofstream(file) << support::pem(own) << support::key_pem({"leaf"});
  auto recipe = good_server(GetParam());
  recipe.client = support::ClientCertificate::asked;
  Options options;
  options.certificate.file = file;
  {
    TlsServer server(recipe);
    Attempt attempt(server.take_client(), {}, Opinion::refuse, options);
    EXPECT_EQ(attempt.outcome(), "refused");
    EXPECT_TRUE(server.seen().certificates.empty());
  }
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {}, Opinion::believe, options);
  EXPECT_EQ(attempt.outcome(), "ok");
  EXPECT_EQ(attempt.session().own_certificate(), own);
  attempt.hang_up();
  EXPECT_EQ(server.seen().certificates, std::vector<Bytes>{own});
}

TEST_P(Handshake, ARefusedRawPublicKeyHearsAnAlert) {
  auto recipe = good_server(GetParam());
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  recipe.raw_key = support::spki_of({"leaf"});
  Hello hello;
  hello.raw_keys = RawKeys::offer;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello, Opinion::refuse);
  EXPECT_EQ(attempt.outcome(), "refused");
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST_P(Handshake, ARawKeyThatIsSlowIsNotComputedWith) {
  auto recipe = good_server(GetParam());
  recipe.priorities += ":+CTYPE-SRV-RAWPK";
  // An RSA modulus of 20,000 bits.
  Bytes modulus(2500, std::byte{0x77});
  recipe.raw_key = rsa_spki(modulus);
  Hello hello;
  hello.raw_keys = RawKeys::offer;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  EXPECT_EQ(attempt.outcome(), "unsupported-key");
  EXPECT_EQ(attempt.judgements(), 1) << "the judge has its say all the same";
  EXPECT_EQ(shown(attempt.judged()), raw(*recipe.raw_key));
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST_P(Handshake, AKeyUsageThatForbidsSigningIsAnErrorOfItsOwn_Rfc7671s5_1) {
  auto leaf = support::leaf("Middle", {"mail.example.org"});
  leaf.key_usage = GNUTLS_KEY_KEY_ENCIPHERMENT;
  auto recipe = good_server(GetParam());
  recipe.chain = {support::make(leaf)};
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "key-usage");
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST_P(Handshake, AKeyUsageMayBeLeftToTheJudge_Rfc7671s5_1) {
  auto leaf = support::leaf("Middle", {"mail.example.org"});
  leaf.key_usage = GNUTLS_KEY_KEY_ENCIPHERMENT;
  auto recipe = good_server(GetParam());
  recipe.chain = {support::make(leaf)};
  Hello hello;
  hello.key_usage = KeyUsage::leave_to_verify;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  EXPECT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(attempt.judgements(), 1);
}

TEST_P(Handshake, ALeafThatGnutlsCannotReadIsJudgedAsItWasSent_Rfc7671s5_1) {
  auto recipe = good_server(GetParam());
  recipe.chain.front() = odd_leaf();
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(shown(attempt.judged()), recipe.chain);
  EXPECT_EQ(shown(attempt.session().chain()), shown(attempt.judged()));
}

TEST_P(Handshake, ALeafThatGnutlsCannotReadIsRefusedLikeAnother) {
  auto recipe = good_server(GetParam());
  recipe.chain.front() = odd_leaf();
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {}, Opinion::refuse);
  EXPECT_EQ(attempt.outcome(), "refused");
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

TEST_P(Handshake, TheKeyUsageOfALeafThatGnutlsCannotReadIsKept_Rfc5280s4_2_1_3) {
  auto recipe = good_server(GetParam());
  recipe.chain = {odd_leaf(GNUTLS_KEY_KEY_ENCIPHERMENT)};
  {
    TlsServer server(recipe);
    Attempt attempt(server.take_client(), {});
    EXPECT_EQ(attempt.outcome(), "key-usage");
  }
  Hello hello;
  hello.key_usage = KeyUsage::leave_to_verify;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), hello);
  EXPECT_EQ(attempt.outcome(), "ok") << attempt.detail();
}

TEST_P(Handshake, ALeafThatIsNoneIsJudgedAndNoHandshakeIsHeld) {
  auto recipe = good_server(GetParam());
  recipe.chain.front() = Bytes(300, std::byte{0x5a});
  for (const Opinion opinion : {Opinion::believe, Opinion::refuse}) {
    TlsServer server(recipe);
    Attempt attempt(server.take_client(), {}, opinion);
    const bool refused = opinion == Opinion::refuse;
    EXPECT_EQ(attempt.outcome(), refused ? "refused" : "bad-certificate");
    EXPECT_EQ(attempt.judgements(), 1);
    EXPECT_EQ(shown(attempt.judged()), recipe.chain);
    EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
  }
}

TEST_P(Handshake, APeerThatShowsNoCertificateIsNotAccepted) {
  auto recipe = good_server(GetParam());
  recipe.chain.clear();
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {});
  EXPECT_NE(attempt.outcome(), "ok");
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

// Suites without a certificate would leave nothing to prove. Even where the user's own
// priorities name them, no peer is spoken to whom the judge has not seen.
TEST(Judged, AnonymousSuitesAreNeverAccepted) {
  auto recipe = good_server("1.2");
  recipe.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ANON-ECDH:+ANON-DH";
  Options options;
  options.priorities = recipe.priorities;
  TlsServer server(recipe);
  Attempt attempt(server.take_client(), {}, Opinion::refuse, options);
  EXPECT_NE(attempt.outcome(), "ok");
  EXPECT_NE(server.seen().handshake, GNUTLS_E_SUCCESS);
}

}  // namespace
}  // namespace tls
