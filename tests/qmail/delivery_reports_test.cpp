// What a delivery counts for TLS reports (RFC 8460).
#include "tests/qmail/sending.h"

namespace qmail {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

AttemptResult with_session() {
  AttemptResult out;
  out.connected = true;
  out.report = report_of(MessageState::accepted, "taken\n");
  out.facts.error.reset();
  out.facts.progress = client::Progress::established;
  return out;
}

TEST(Delivery, EachSessionIsCounted_Rfc8460s4_3) {
  Sending mail(kTwo);
  mail.fails("192.0.2.1", base::Code::handshake).comes_to("192.0.2.2", with_session());
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(mail.ledger().events(), SizeIs(2));
  const auto& failed = mail.ledger().events()[0];
  EXPECT_EQ(failed.domain, "a.example");
  EXPECT_EQ(failed.host, "mx1.a.example");
  EXPECT_EQ(failed.result, "validation-failure");
  EXPECT_EQ(failed.policy, "no-policy-found");
  EXPECT_EQ(failed.source, "192.0.2.99");
  EXPECT_EQ(mail.ledger().events()[1].result, "");
  EXPECT_EQ(mail.ledger().events()[1].policy, "tlsa");
}

TEST(Delivery, AHandshakeThatWasMadeUpForIsCountedToo_Rfc8460s4_3) {
  Sending mail(kTwo);
  AttemptResult plain = with_session();
  plain.facts.progress = client::Progress::connected;
  plain.earlier.emplace_back().report =
      base::fail(base::ErrorKind::temporary, base::Code::handshake, "why");
  mail.comes_to("192.0.2.1", plain);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(mail.ledger().events(), SizeIs(1));
  EXPECT_EQ(mail.ledger().events()[0].result, "validation-failure");
}

TEST(Delivery, AHostThatTheDnsRulesOutIsCounted_Rfc8460s4_3_2_1) {
  Sending records(kTwo + "_25._tcp.mx1.a.example TLSA 3 1 1 AB*32 bogus\n");
  EXPECT_EQ(records.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(records.ledger().events(), SizeIs(1));
  EXPECT_EQ(records.ledger().events()[0].result, "dnssec-invalid");
  Sending addresses(kTwo + "mx1.a.example A 192.0.2.1 bogus\n");
  EXPECT_EQ(addresses.to("a.example").state, MessageState::accepted);
  ASSERT_THAT(addresses.ledger().events(), SizeIs(1));
  EXPECT_EQ(addresses.ledger().events()[0].host, "mx1.a.example");
}

TEST(Delivery, WhereTheUserSendsItNothingIsAboutTheDomain_Rfc8460s4_4) {
  Sending relayed("mx.b.example A 192.0.2.9\n");
  relayed.control("smtproutes", ":mx.b.example\n").comes_to("192.0.2.9", with_session());
  EXPECT_EQ(relayed.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(relayed.ledger().events(), IsEmpty());
  Sending literal("");
  literal.comes_to("192.0.2.5", with_session());
  EXPECT_EQ(literal.to("[192.0.2.5]").state, MessageState::accepted);
  EXPECT_THAT(literal.ledger().events(), IsEmpty());
  Sending pkix(kTwo);
  pkix.control("danepolicy", "a.example:encrypt\n").comes_to("192.0.2.1", with_session());
  EXPECT_EQ(pkix.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(pkix.ledger().events(), IsEmpty());
}

}  // namespace
}  // namespace qmail
