// Which hosts and addresses the mail is offered to, and in which order.
#include "src/client/wall_clock.h"
#include "tests/qmail/sending.h"

namespace qmail {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// --- where the mail goes (RFC 7672 2.2.1, RFC 5321 5.1)

TEST(Delivery, TheOrderIsThatOfTheMxRecords_Rfc7672s2_2_1) {
  Sending mail(kTwo);
  mail.fails("192.0.2.1", base::Code::connect);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may", "192.0.2.2 dane"))
      << "records make no host a better one";
}

TEST(Delivery, EachHostIsJudgedAlone_Rfc7672s2_2_1) {
  for (const base::Code code : {base::Code::refused, base::Code::starttls_not_offered,
                                base::Code::handshake, base::Code::greeting}) {
    Sending mail(kTwo);
    mail.fails("192.0.2.1", code);
    EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
    EXPECT_THAT(mail.tried(), SizeIs(2));
  }
}

TEST(Delivery, AServerThatWasReachedDecides) {
  for (const MessageState state :
       {MessageState::permanent, MessageState::temporary, MessageState::accepted}) {
    Sending mail(kTwo);
    mail.answers("192.0.2.1", state);
    const Report report = mail.to("a.example");
    EXPECT_EQ(report.state, state);
    EXPECT_EQ(report.text, "said\n");
    EXPECT_THAT(mail.tried(), SizeIs(1)) << "no other host is asked";
  }
}

TEST(Delivery, WhereNobodyProvesItTheMailWaits) {
  Sending mail(kOne);
  mail.fails("192.0.2.1", base::Code::refused);
  const Report report = mail.to("a.example");
  expect_delayed(report, "(#4.7.5)");
  EXPECT_THAT(report.text, HasSubstr("mx.a.example: 192.0.2.1: why"));
}

TEST(Delivery, BehindInsecureMxRecordsTheHostIsProvedAndNotTheDomain_Rfc7672s2_2_1) {
  Sending mail(kOne + "a.example MX 10 mx.a.example insecure\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), Each("192.0.2.1 dane"));
  EXPECT_THAT(mail.names()[0], ElementsAre("mx.a.example"));
  EXPECT_TRUE(mail.circumstances()[0].insecure_mx);
}

TEST(Delivery, BehindInsecureMxRecordsADutyCannotBeDone_Rfc7672s2_2_1) {
  Sending mail(kOne + "a.example MX 10 mx.a.example insecure\n");
  mail.control("danepolicy", "a.example:dane-only\n");
  expect_delayed(mail.to("a.example"), "(#4.7.5)");
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, MxRecordsThatCannotBeLookedUpDelayTheMail_Rfc7672s2_1_2) {
  for (const char* state : {"servfail", "refused", "timeout", "10 mx.a.example bogus"}) {
    Sending mail(std::string("a.example A 192.0.2.7\nmx.a.example A 192.0.2.1\n") +
                 "a.example MX " + state + "\n");
    expect_delayed(mail.to("a.example"), "(#4.4.3)");
    EXPECT_THAT(mail.tried(), IsEmpty()) << state;
  }
}

TEST(Delivery, WithoutMxRecordsTheDomainIsTheHost_Rfc7672s2_2_2) {
  Sending mail("a.example A 192.0.2.7\n_25._tcp.a.example TLSA 3 1 1 AB*32\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.7 dane"));
}

TEST(Delivery, WhereThereIsNowhereToGoTheMailComesBack) {
  Sending nothing("b.example A 192.0.2.7\n");
  const Report unknown = nothing.to("a.example");
  EXPECT_EQ(unknown.state, MessageState::permanent);
  EXPECT_THAT(unknown.text, HasSubstr("(#5.1.2)"));
  Sending null_mx("a.example MX 0 .\na.example A 192.0.2.7\n");
  const Report none = null_mx.to("a.example");
  EXPECT_EQ(none.state, MessageState::permanent);
  EXPECT_THAT(none.text, HasSubstr("(#5.1.10)"));
  EXPECT_THAT(null_mx.tried(), IsEmpty());
}

TEST(Delivery, AnAddressLiteralIsConnectedTo) {
  Sending mail("");
  EXPECT_EQ(mail.to("[192.0.2.5]").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.5 may"));
  EXPECT_THAT(mail.asked(), IsEmpty());
}

// --- addresses of the next hosts

TEST(Delivery, TheNextHostIsLookedUpWhileTheFirstIsTried) {
  Sending mail(std::string(kTwo) + "a.example MX 30 mx3.a.example\n" +
               "mx3.a.example A 192.0.2.3\n");
  mail.fails("192.0.2.1", base::Code::timeout);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may", "192.0.2.2 dane"));
  EXPECT_THAT(mail.asked_meanwhile()[0], Contains("A mx2.a.example"));
  EXPECT_THAT(mail.asked_meanwhile()[0], Not(Contains("A mx3.a.example")));
  EXPECT_THAT(mail.asked_meanwhile()[1], Contains("A mx3.a.example"));
}

TEST(Delivery, MailThatWasTakenDoesNotWaitForTheNextHost) {
  Sending mail(kTwo);
  mail.hold("A mx2.a.example");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
  EXPECT_THAT(mail.asked(), Contains("A mx2.a.example"));
}

// --- relays of smtproutes (RFC 7672 2.2.3)

TEST(Delivery, ARelayIsProvedByItsOwnRecords_Rfc7672s2_2_3) {
  Sending mail(kOne + "relay.b.example A 192.0.2.9\n" +
               "_26._tcp.relay.b.example TLSA 3 1 1 AB*32\n");
  mail.control("smtproutes", ":relay.b.example:26\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.9 dane"));
  EXPECT_THAT(mail.ports(), ElementsAre(26));
  EXPECT_THAT(mail.asked(), Not(Contains("MX a.example")));
}

TEST(Delivery, ARelayThatIsThisMachineIsUsed) {
  Sending mail("relay.b.example A 192.0.2.9\n");
  mail.control("smtproutes", ":relay.b.example:26\n").own("192.0.2.9");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), SizeIs(1));
  Sending by_address("");
  by_address.control("smtproutes", ":[192.0.2.9]:26\n").own("192.0.2.9");
  EXPECT_EQ(by_address.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(by_address.tried(), SizeIs(1));
}

TEST(Delivery, PortsOfTlsFromTheFirstOctet_Rfc8314s3_3) {
  Sending mail("relay.b.example A 192.0.2.9\n");
  mail.control("smtproutes", ":relay.b.example:465\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.starts(), ElementsAre(mail::TlsStart::implicit));
}

// --- this machine (RFC 5321 5.1)

TEST(Delivery, ADomainWhoseBestHostIsThisMachineBounces_Rfc5321s5_1) {
  Sending mail(kTwo);
  mail.own("192.0.2.1");
  const Report report = mail.to("a.example");
  EXPECT_EQ(report.state, MessageState::permanent);
  EXPECT_THAT(report.text, HasSubstr("(#5.4.6)"));
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, AHostBehindThisMachineIsNotUsed_Rfc5321s5_1) {
  Sending mail(kTwo + "a.example MX 10 mx1.a.example\na.example MX 20 mx2.a.example\n" +
               "a.example MX 30 mx3.a.example\nmx3.a.example A 192.0.2.3\n");
  mail.own("192.0.2.2").fails("192.0.2.1", base::Code::connect);
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, AHostOfThisMachinesPreferenceIsNotUsed_Rfc5321s5_1) {
  Sending mail(R"(
    a.example      MX 10 mx1.a.example
    a.example      MX 20 mx2.a.example
    a.example      MX 20 mx3.a.example
    mx1.a.example  A  192.0.2.1
    mx2.a.example  A  192.0.2.2
    mx3.a.example  A  192.0.2.3
  )");
  mail.own("192.0.2.3").fails("192.0.2.1", base::Code::connect);
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, AnAddressLiteralOfThisMachineBounces_Rfc5321s5_1) {
  Sending mail("");
  mail.own("192.0.2.5");
  EXPECT_EQ(mail.to("[192.0.2.5]").state, MessageState::permanent);
  EXPECT_THAT(mail.tried(), IsEmpty());
}

// --- addresses

std::string many_addresses(int count) {
  std::string out = "a.example MX 10 mx.a.example\n";
  for (int i = 1; i <= count; ++i) {
    out += "mx.a.example A 198.51.100." + std::to_string(i) + "\n";
  }
  return out;
}

TEST(Delivery, AHostHasNoMoreAddressesThanAreTried) {
  Sending mail(many_addresses(70));
  for (int i = 1; i <= 70; ++i) {
    mail.fails("198.51.100." + std::to_string(i), base::Code::connect);
  }
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.tried(), SizeIs(64));
}

TEST(Delivery, AnAddressWithoutARouteCostsNoAttempt) {
  Sending mail(many_addresses(2));
  mail.unreachable("198.51.100.1");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("198.51.100.2 may"));
  Sending alone(kOne);
  alone.unreachable("192.0.2.1");
  const Report report = alone.to("a.example");
  expect_delayed(report, "(#4.4.1)");
  EXPECT_THAT(report.text, HasSubstr("no route to 192.0.2.1"));
}

TEST(Delivery, AnAddressThatWasSilentLatelyIsLeftAlone) {
  Sending mail(kTwo);
  const auto now = client::wall_clock();
  const DeadHosts dead(mail.dead_hosts());
  dead.failed(address("192.0.2.1"), now - std::chrono::seconds(300));
  dead.failed(address("192.0.2.1"), now - std::chrono::seconds(100));
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.2 dane"));
}

/// Whether two failures of a kind, the first five minutes ago, make an address dead.
bool makes_dead(base::Code code) {
  Sending mail(kOne);
  const auto now = client::wall_clock();
  const DeadHosts dead(mail.dead_hosts());
  dead.failed(address("192.0.2.1"), now - std::chrono::seconds(300));
  mail.fails("192.0.2.1", code);
  expect_delayed(mail.to("a.example"), "(#4.");
  mail.ledger().write();
  return dead.is_dead(address("192.0.2.1"), client::wall_clock());
}

TEST(Delivery, OnlySilenceMakesAnAddressDead) {
  EXPECT_TRUE(makes_dead(base::Code::timeout));
  EXPECT_FALSE(makes_dead(base::Code::connect)) << "a refused connection";
  EXPECT_FALSE(makes_dead(base::Code::greeting)) << "it answers";
}

TEST(Delivery, TheLastAddressOfTheLastHostIsWaitedForLongest_Rfc5321s4_5_3_2_1) {
  using std::chrono::seconds;
  Sending mail(kTwo + "mx2.a.example A 192.0.2.2\nmx2.a.example A 192.0.2.3\n");
  for (const char* where : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) {
    mail.fails(where, base::Code::greeting);
  }
  expect_delayed(mail.to("a.example"), "(#4.4.1)");
  EXPECT_THAT(mail.greetings(), ElementsAre(seconds(60), seconds(60), seconds(300)));
  Sending literal("");
  EXPECT_EQ(literal.to("[192.0.2.5]").state, MessageState::accepted);
  EXPECT_THAT(literal.greetings(), ElementsAre(seconds(300)));
}

}  // namespace
}  // namespace qmail
