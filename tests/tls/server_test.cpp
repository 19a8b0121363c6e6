// What our server shows, asks and grants, and to whom.
#include "src/tls/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tls/served.h"

namespace tls {
namespace {

using namespace std::chrono_literals;
using Kind = support::Key::Kind;
using support::ClientRecipe;
using support::SeenServer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A client that speaks nothing but this version: `1.2`, `1.3`.
ClientRecipe client(const std::string& version, const std::string& server_name = "") {
  ClientRecipe out;
  out.priorities = only(version);
  out.server_name = server_name;
  return out;
}

/// A chain of one's own for a name.
std::vector<base::Bytes> chain_for(const std::string& name, const support::Key& key) {
  auto recipe = support::leaf("Middle", {name});
  recipe.key = key;
  return {support::make(recipe), support::make(support::ca("Middle", "Root"))};
}

/// A server with one chain for everybody and one for a.example, whose keys are 0 and 1.
class ServerTest : public testing::TestWithParam<const char*> {
 protected:
  ServerTest() {
    options_.credentials = [this](const std::string& name) {
      names_.push_back(name);
      return name == "a.example" ? special_ : usual_;
    };
  }

  Credentials credentials(const std::vector<base::Bytes>& chain, std::uint32_t key) {
    const ServedChain one{chain, key};
    return served_credentials(std::span(&one, 1), signer_, "").value();
  }
  /// Tickets by this secret word, a key for each name.
  void give_tickets(const std::string& secret) {
    options_.ticket_key = [this, secret](const std::string& name) {
      ++ticket_keys_;
      const std::string text = secret + name + std::string(64, '.');
      const base::ByteView octets = base::as_bytes(text).first(64);
      return std::optional(base::Bytes(octets.begin(), octets.end()));
    };
  }
  [[nodiscard]] ClientRecipe mine(const std::string& server_name = "") const {
    return client(GetParam(), server_name);
  }
  [[nodiscard]] static bool is_tls13() { return std::string(GetParam()) == "1.3"; }
  /// What a client sees of one more connection.
  SeenServer visit(const ClientRecipe& recipe) {
    Served served(options_);
    return served.seen_by(recipe);
  }

  const support::Key usual_key_{"usual"}, special_key_{"special", Kind::rsa2048};
  const std::vector<base::Bytes> usual_chain_ = chain_for("b.example", usual_key_);
  const std::vector<base::Bytes> special_chain_ = chain_for("a.example", special_key_);
  OwnSigner signer_{{usual_key_, special_key_}};
  Credentials usual_ = credentials(usual_chain_, 0);
  Credentials special_ = credentials(special_chain_, 1);
  std::vector<std::string> names_;
  int ticket_keys_ = 0;
  ServerOptions options_;
};

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

// Tickets

TEST_P(Server, AClientComesBackByATicketOnlyInTls13) {
  give_tickets("secret");
  const auto first = visit(mine("a.example"));
  EXPECT_FALSE(first.resumed);
  EXPECT_EQ(first.tickets, is_tls13() ? 1U : 0U);
  auto again = mine("a.example");
  again.session = first.session;
  Served served(options_);
  const auto second = served.seen_by(again);
  EXPECT_EQ(second.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(second.resumed, is_tls13());
  EXPECT_EQ(served.facts().resumed, is_tls13());
  EXPECT_EQ(served.facts().server_name, "a.example");
  EXPECT_EQ(second.heard, Served::kGreeting);
  EXPECT_EQ(served.judgements(), 1) << "one that comes back is judged too";
  EXPECT_EQ(signer_.asked().size(), is_tls13() ? 1U : 2U);
}

TEST_P(Server, ATicketOfOneNameIsNothingUnderAnother) {
  give_tickets("secret");
  auto other = mine("b.example");
  other.session = visit(mine("a.example")).session;
  const auto second = visit(other);
  EXPECT_EQ(second.handshake, GNUTLS_E_SUCCESS);
  EXPECT_FALSE(second.resumed);
  EXPECT_EQ(second.certificates, usual_chain_);
}

TEST_P(Server, ATicketOfAnotherKeyMeansAFullHandshake) {
  give_tickets("secret");
  auto again = mine("a.example");
  again.session = visit(again).session;
  give_tickets("another");
  const auto second = visit(again);
  EXPECT_EQ(second.handshake, GNUTLS_E_SUCCESS);
  EXPECT_FALSE(second.resumed);
  EXPECT_EQ(second.certificates, special_chain_);
}

TEST_P(Server, WithoutAKeyThereAreNoTickets) {
  const auto none = visit(mine());
  EXPECT_EQ(none.tickets, 0U);
  options_.ticket_key = [](const std::string&) { return std::optional<base::Bytes>(); };
  const auto refused = visit(mine());
  EXPECT_EQ(refused.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(refused.tickets, 0U);
}

TEST_P(Server, AKeyOfTheWrongSizeMakesNoTickets) {
  for (const std::size_t size : {0U, 1U, 63U, 65U}) {
    options_.ticket_key = [size](const std::string&) {
      return std::optional(base::Bytes(size));
    };
    const auto seen = visit(mine());
    EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS) << size;
    EXPECT_EQ(seen.tickets, 0U) << size;
  }
}

// What proved a client is not proved again by a ticket.
TEST_P(Server, WhereClientsAreAskedForCertificatesThereAreNoTickets) {
  give_tickets("secret");
  auto again = mine("a.example");
  again.session = visit(again).session;
  again.chain = good_chain();
  ticket_keys_ = 0;
  for (const auto wanted : {ClientCertificate::optional, ClientCertificate::required}) {
    options_.client_certificate = wanted;
    Served served(options_);
    const auto seen = served.seen_by(again);
    EXPECT_EQ(seen.handshake, GNUTLS_E_SUCCESS);
    EXPECT_FALSE(seen.resumed);
    EXPECT_EQ(seen.tickets, 0U);
    EXPECT_EQ(shown(served.judged()), again.chain);
  }
  EXPECT_EQ(ticket_keys_, 0);
}

TEST_P(Server, AClientThatComesBackCanBeRefused) {
  give_tickets("secret");
  auto again = mine("a.example");
  again.session = visit(again).session;
  Served served(options_, Opinion::refuse);
  const auto seen = served.seen_by(again);
  EXPECT_EQ(seen.heard, "");
  EXPECT_EQ(served.outcome(), "refused");
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
