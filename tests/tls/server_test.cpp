// What our server shows, asks and grants, and to whom.
#include "src/tls/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tls/server_fixture.h"

namespace tls {
namespace {

using namespace std::chrono_literals;
using support::ClientRecipe;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Server = ServerTest;
INSTANTIATE_TEST_SUITE_P(Each, Server, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(Server, ShakesHandsWithAClientOfOurs) {
  Served served(options_);
  Hello hello;
  hello.server_name = "a.example";
  Options options;
  options.priorities = only(GetParam());
  Attempt attempt(served.take_client(), hello, Opinion::believe, options);
  ASSERT_EQ(attempt.outcome(), "ok") << attempt.detail();
  EXPECT_EQ(shown(attempt.judged()), special_chain_);
  const auto end = attempt.read_to_the_end();
  EXPECT_EQ(end.state, ReadState::closed);
  EXPECT_EQ(attempt.heard(), Served::kGreeting);
  const auto facts = attempt.session().facts();
  attempt.hang_up();
  EXPECT_EQ(served.outcome(), "ok") << served.detail();
  EXPECT_EQ(served.facts().exporter, facts.exporter) << "RFC 9266";
  EXPECT_EQ(served.facts().cipher, facts.cipher);
  EXPECT_EQ(served.facts().protocol, facts.protocol);
}

TEST_P(Server, HearsWhatTheClientSays) {
  Served served(options_);
  const auto seen = served.seen_by(mine(), "words");
  EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(seen.heard, Served::kGreeting);
  EXPECT_TRUE(seen.heard_goodbye);
  EXPECT_EQ(served.heard(), "words");
}

// What is shown

TEST_P(Server, ShowsTheChainOfTheNameThatIsAskedFor_Rfc6066s3) {
  Served served(options_);
  const auto seen = served.seen_by(mine("a.example"));
  EXPECT_EQ(seen.certificates, special_chain_);
  EXPECT_EQ(served.outcome(), "ok") << served.detail();
  EXPECT_EQ(served.facts().server_name, "a.example");
  EXPECT_EQ(served.own_certificate(), special_chain_.front());
  EXPECT_THAT(signer_.asked(), ElementsAre(1U));
}

TEST_P(Server, ShowsTheUsualChainToWhoAsksForNoName) {
  Served served(options_);
  const auto seen = served.seen_by(mine());
  EXPECT_EQ(seen.certificates, usual_chain_);
  EXPECT_EQ(served.facts().server_name, "");
  EXPECT_THAT(signer_.asked(), ElementsAre(0U));
}

TEST_P(Server, ANameInUpperCaseOrWithADotIsTheSameName) {
  for (const auto* name : {"A.EXAMPLE", "a.Example", "a.example.", "A.EXAMPLE."}) {
    Served served(options_);
    const auto seen = served.seen_by(mine(name));
    EXPECT_EQ(seen.certificates, special_chain_) << name;
    EXPECT_EQ(served.facts().server_name, "a.example") << name;
  }
}

TEST_P(Server, CredentialsAreAskedForWithTheNameOnce) {
  Served served(options_);
  EXPECT_EQ(served.seen_by(mine("a.example")).handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(served.outcome(), "ok");
  EXPECT_THAT(names_, ElementsAre("", "a.example")) << "the first is that of no hello";
}

TEST_P(Server, AHelloThatComesOctetByOctetIsReadAsAWhole) {
  Served served(options_);
  auto recipe = mine("a.example");
  recipe.piece = 1;
  const auto seen = served.seen_by(recipe);
  EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS) << seen.alert;
  EXPECT_EQ(seen.certificates, special_chain_);
  EXPECT_EQ(served.outcome(), "ok") << served.detail();
}

TEST_P(Server, OfTwoKindsOfKeysTheClientGetsTheOneThatItCanCheck) {
  const std::vector<ServedChain> both = {{usual_chain_, 0}, {special_chain_, 1}};
  const Credentials credentials = served_credentials(both, signer_, "").value();
  options_.credentials = [&](const std::string&) { return credentials; };
  auto ecdsa = mine(), rsa = mine();
  ecdsa.priorities += ":-SIGN-ALL:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256";
  rsa.priorities += ":-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256";
  EXPECT_EQ(visit(ecdsa).certificates, usual_chain_);
  EXPECT_EQ(visit(rsa).certificates, special_chain_);
  EXPECT_EQ(visit(mine()).certificates, usual_chain_) << "the first of them";
}

TEST_P(Server, WithNothingToShowThereIsNoHandshake) {
  options_.credentials = [](const std::string&) { return empty_credentials(); };
  Served served(options_);
  EXPECT_LT(served.seen_by(mine()).handshake, 0);
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_EQ(served.judgements(), 0);
}

TEST_P(Server, ASignerThatFailsEndsTheHandshake) {
  signer_.go_out();
  Served served(options_);
  const auto seen = served.seen_by(mine());
  EXPECT_LT(seen.handshake, 0);
  EXPECT_EQ(seen.heard, "");
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_THAT(served.detail(), HasSubstr("TLS handshake failed"));
  EXPECT_EQ(signer_.asked().size(), 1U);
}

// The keeper signs once for each connection.
TEST_P(Server, ASignatureIsWantedOnce) {
  EXPECT_EQ(visit(mine("a.example")).handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(signer_.asked().size(), 1U);
}

// Protocols

TEST_P(Server, TakesAProtocolThatBothKnow_Rfc7301s3_2) {
  options_.protocols = {"h2", "http/1.1"};
  auto recipe = mine();
  recipe.protocols = {"other", "http/1.1"};
  const auto seen = visit(recipe);
  EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(seen.protocol, "http/1.1");
}

TEST_P(Server, RefusesAClientThatKnowsNoneOfItsProtocols_Rfc7301s3_2) {
  options_.protocols = {"h2"};
  auto recipe = mine();
  recipe.protocols = {"other"};
  Served served(options_);
  const auto seen = served.seen_by(recipe);
  EXPECT_LT(seen.handshake, 0);
  EXPECT_THAT(seen.alert, HasSubstr("protocol"));
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_THAT(signer_.asked(), IsEmpty());
}

TEST_P(Server, AClientThatNamesNoProtocolIsServed_Rfc7301s3_1) {
  options_.protocols = {"h2"};
  EXPECT_EQ(visit(mine()).handshake, GNUTLS_E_SUCCESS);
}

TEST_P(Server, WithoutProtocolsThoseOfTheClientDoNotMatter) {
  auto recipe = mine();
  recipe.protocols = {"other"};
  const auto seen = visit(recipe);
  EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(seen.protocol, "");
}

// Certificates of clients

TEST_P(Server, AClientIsNotAskedForACertificateUnlessItIsWanted) {
  Served served(options_);
  auto recipe = mine();
  recipe.chain = good_chain();
  const auto seen = served.seen_by(recipe);
  EXPECT_FALSE(seen.was_asked);
  EXPECT_EQ(served.judgements(), 1);
  EXPECT_THAT(shown(served.judged()), IsEmpty());
}

TEST_P(Server, TheJudgeSeesWhatTheClientShows) {
  for (const auto wanted : {ClientCertificate::optional, ClientCertificate::required}) {
    options_.client_certificate = wanted;
    Served served(options_);
    auto recipe = mine();
    recipe.chain = good_chain();
    const auto seen = served.seen_by(recipe, "words");
    EXPECT_TRUE(seen.was_asked);
    EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS);
    EXPECT_EQ(served.outcome(), "ok") << served.detail();
    EXPECT_EQ(served.judgements(), 1);
    EXPECT_EQ(shown(served.judged()), recipe.chain);
    EXPECT_EQ(served.heard(), "words");
  }
}

TEST_P(Server, ACertificateThatIsOptionalMayBeLeftOut) {
  options_.client_certificate = ClientCertificate::optional;
  Served served(options_);
  const auto seen = served.seen_by(mine());
  EXPECT_TRUE(seen.was_asked);
  EXPECT_EQ(seen.heard, Served::kGreeting);
  EXPECT_EQ(served.outcome(), "ok") << served.detail();
  EXPECT_EQ(served.judgements(), 1);
  EXPECT_THAT(shown(served.judged()), IsEmpty());
}

TEST_P(Server, ACertificateThatIsRequiredMayNotBeLeftOut) {
  options_.client_certificate = ClientCertificate::required;
  Served served(options_);
  const auto seen = served.seen_by(mine());
  EXPECT_TRUE(seen.was_asked);
  EXPECT_EQ(seen.heard, "");
  EXPECT_NE(seen.alert, "");
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_EQ(served.judgements(), 0);
}

TEST_P(Server, AClientThatIsRefusedHearsAnAlertAndNothingElse) {
  options_.client_certificate = ClientCertificate::optional;
  for (const bool shows : {false, true}) {
    Served served(options_, Opinion::refuse);
    auto recipe = mine();
    if (shows) recipe.chain = good_chain();
    const auto seen = served.seen_by(recipe);
    EXPECT_EQ(seen.heard, "");
    EXPECT_NE(seen.alert, "");
    EXPECT_EQ(served.outcome(), "refused");
    EXPECT_EQ(served.judgements(), 1);
  }
}

TEST_P(Server, AClientThatSignsWithAnotherKeyIsNobody) {
  options_.client_certificate = ClientCertificate::required;
  Served served(options_);
  auto recipe = mine();
  recipe.chain = good_chain();
  recipe.key = {"stolen"};
  const auto seen = served.seen_by(recipe);
  EXPECT_EQ(seen.heard, "");
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_THAT(served.judgements(), testing::Le(1));
}

// DANE-EE believes by the key alone (RFC 7671 5.1).
TEST_P(Server, TheJudgeSeesACertificateThatGnuTlsDoesNotRead) {
  options_.client_certificate = ClientCertificate::required;
  Served served(options_);
  auto recipe = mine();
  recipe.chain = {odd_leaf(), good_chain()[1]};
  EXPECT_EQ(served.seen_by(recipe).handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(served.outcome(), "ok") << served.detail();
  EXPECT_EQ(shown(served.judged()), recipe.chain);
}

TEST_P(Server, OctetsThatAreNoCertificateAreAnError) {
  options_.client_certificate = ClientCertificate::required;
  Served served(options_);
  auto recipe = mine();
  recipe.chain = {base::Bytes(100, std::byte{0x30})};
  EXPECT_EQ(served.seen_by(recipe).heard, "");
  EXPECT_NE(served.outcome(), "ok");
}

// Strangers

TEST_P(Server, OldVersionsAreNotSpoken_Rfc8996s4) {
  Served served(options_);
  ClientRecipe recipe;
  recipe.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%COMPAT";
  EXPECT_LT(served.seen_by(recipe).handshake, 0);
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_THAT(signer_.asked(), IsEmpty());
}

TEST_P(Server, AClientThatIsSentBackKeepsItsName_Rfc8446s4_1_4) {
  options_.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP384R1";
  auto recipe = client("1.3", "a.example");
  recipe.priorities += ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP384R1";
  recipe.flags = GNUTLS_KEY_SHARE_TOP;
  give_tickets("secret");
  Served served(options_);
  const auto seen = served.seen_by(recipe);
  EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(seen.certificates, special_chain_);
  EXPECT_EQ(seen.tickets, 1U);
  EXPECT_EQ(served.facts().group, "SECP384R1");
  EXPECT_EQ(served.facts().server_name, "a.example");
  EXPECT_EQ(ticket_keys_, 1) << "the keeper gives one to each connection";
  EXPECT_EQ(names_.size(), 2U);
}

TEST_P(Server, ClearTextIsNoHello) {
  Served served(options_);
  const std::string_view said = "EHLO client.example\r\nQUIT\r\n";
  EXPECT_GT(::send(served.client().get(), said.data(), said.size(), MSG_NOSIGNAL), 0);
  EXPECT_EQ(served.outcome(), "handshake");
  EXPECT_THAT(served.detail(), HasSubstr("TLS handshake failed"));
}

TEST_P(Server, AClientThatHangsUpIsAnErrorOfItsOwn) {
  Served served(options_);
  { const io::Descriptor gone = served.take_client(); }
  EXPECT_EQ(served.outcome(), "truncated");
}

TEST_P(Server, AClientThatSaysNothingIsNotWaitedForForEver) {
  Served served(options_, Opinion::believe, 50ms);
  EXPECT_EQ(served.outcome(), "timeout");
}

TEST(ServerOptionsThatAreWrong, PrioritiesThatNobodyUnderstands) {
  ServerOptions options;
  options.priorities = "NORMAL:+NONSENSE";
  options.credentials = [](const std::string&) { return empty_credentials(); };
  const auto made = make_server(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::Code::bad_ciphers);
  EXPECT_EQ(made.error().kind, base::ErrorKind::usage);
}

// What there is to show

TEST(ServedCredentials, AChainThatIsNoneIsAnErrorOfUsage) {
  OwnSigner signer({{"leaf"}});
  for (const auto& chain : std::vector<std::vector<base::Bytes>>{
           {}, {base::Bytes(10)}, {good_chain()[0], base::Bytes(10)}}) {
    const ServedChain one{chain, 0};
    const auto made = served_credentials(std::span(&one, 1), signer, "");
    ASSERT_FALSE(made) << chain.size();
    EXPECT_EQ(made.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(made.error().code, base::Code::bad_certificate_file);
  }
}

TEST(ServedCredentials, AuthoritiesAreReadAsPem) {
  OwnSigner signer({{"leaf"}});
  const ServedChain one{good_chain(), 0};
  const std::string root = support::pem(good_chain()[2]);
  EXPECT_TRUE(served_credentials(std::span(&one, 1), signer, root));
  EXPECT_TRUE(served_credentials(std::span(&one, 1), signer, "# nobody is named"));
  const auto cut =
      served_credentials(std::span(&one, 1), signer, root.substr(0, root.size() / 2));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, base::ErrorKind::usage);
}

}  // namespace
}  // namespace tls
