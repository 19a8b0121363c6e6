// Who comes back by a ticket, and to what.
#include <gmock/gmock.h>

#include "tests/tls/server_fixture.h"

namespace tls {
namespace {

using ServerTickets = ServerTest;
INSTANTIATE_TEST_SUITE_P(Each, ServerTickets, testing::Values("1.2", "1.3"),
                         [](const auto& one) {
                           return std::string("Tls1") + one.param[2];
                         });

TEST_P(ServerTickets, AClientComesBackByATicketOnlyInTls13) {
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

TEST_P(ServerTickets, ATicketOfOneNameIsNothingUnderAnother) {
  give_tickets("secret");
  auto other = mine("b.example");
  other.session = visit(mine("a.example")).session;
  const auto second = visit(other);
  EXPECT_EQ(second.handshake, GNUTLS_E_SUCCESS);
  EXPECT_FALSE(second.resumed);
  EXPECT_EQ(second.certificates, usual_chain_);
}

TEST_P(ServerTickets, ATicketOfAnotherKeyMeansAFullHandshake) {
  give_tickets("secret");
  auto again = mine("a.example");
  again.session = visit(again).session;
  give_tickets("another");
  const auto second = visit(again);
  EXPECT_EQ(second.handshake, GNUTLS_E_SUCCESS);
  EXPECT_FALSE(second.resumed);
  EXPECT_EQ(second.certificates, special_chain_);
}

TEST_P(ServerTickets, WithoutAKeyThereAreNoTickets) {
  const auto none = visit(mine());
  EXPECT_EQ(none.tickets, 0U);
  options_.ticket_key = [](const std::string&) { return std::optional<base::Bytes>(); };
  const auto refused = visit(mine());
  EXPECT_EQ(refused.handshake, GNUTLS_E_SUCCESS);
  EXPECT_EQ(refused.tickets, 0U);
}

TEST_P(ServerTickets, AKeyOfTheWrongSizeMakesNoTickets) {
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
TEST_P(ServerTickets, WhereClientsAreAskedForCertificatesThereAreNoTickets) {
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

TEST_P(ServerTickets, AClientThatComesBackCanBeRefused) {
  give_tickets("secret");
  auto again = mine("a.example");
  again.session = visit(again).session;
  Served served(options_, Opinion::refuse);
  const auto seen = served.seen_by(again);
  EXPECT_EQ(seen.heard, "");
  EXPECT_EQ(served.outcome(), "refused");
}

}  // namespace
}  // namespace tls
