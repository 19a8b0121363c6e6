// What a host must prove before it gets the mail (RFC 7672 2.2).
#include "tests/qmail/sending.h"

namespace qmail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Delivery, AHostWithSecureRecordsIsProvedByThem_Rfc7672s2_2) {
  Sending mail(kOne);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 dane"));
  EXPECT_THAT(mail.names()[0], ElementsAre("mx.a.example", "a.example"));
}

TEST(Delivery, WithoutRecordsTlsIsLeftToTheHost_Rfc7672s2_2) {
  Sending mail(kTwo);
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, InsecureRecordsAreNone_Rfc7672s2_2) {
  Sending mail(R"(
    a.example              MX   10 mx.a.example
    mx.a.example           A    192.0.2.1
    _25._tcp.mx.a.example  TLSA 3 1 1 AB*32 insecure
  )");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
}

TEST(Delivery, RecordsOfAHostWithInsecureAddressesAreNotAskedFor_Rfc7672s2_2_2) {
  Sending mail(R"(
    a.example              MX   10 mx.a.example
    mx.a.example           A    192.0.2.1 insecure
    mx.a.example           AAAA nodata insecure
    _25._tcp.mx.a.example  TLSA 3 1 1 AB*32
  )");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 may"));
  EXPECT_THAT(mail.asked(), Not(Contains("TLSA _25._tcp.mx.a.example")));
}

TEST(Delivery, RecordsThatCannotBeLookedUpRuleTheHostOut_Rfc7672s2_1_2) {
  for (const char* state : {"servfail", "refused", "timeout", "malformed"}) {
    Sending mail(std::string("a.example MX 10 mx.a.example\n"
                             "mx.a.example A 192.0.2.1\n"
                             "_25._tcp.mx.a.example TLSA ") +
                 state + "\n");
    expect_delayed(mail.to("a.example"), "(#4.7.5)");
    EXPECT_THAT(mail.tried(), IsEmpty()) << state;
  }
}

TEST(Delivery, BogusRecordsRuleTheHostOutAndTheNextOneIsTried_Rfc7672s2_1_2) {
  Sending mail(kTwo + "_25._tcp.mx1.a.example TLSA 3 1 1 AB*32 bogus\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.2 dane"));
}

TEST(Delivery, AddressesThatCannotBeLookedUpRuleTheHostOut_Rfc7672s2_1_2) {
  Sending mail(R"(
    a.example               MX   10 mx1.a.example
    a.example               MX   20 mx2.a.example
    mx1.a.example           *    servfail
    mx2.a.example           A    192.0.2.2
  )");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.2 may"));
}

TEST(Delivery, AnAliasHasItsRecordsAtBothNames_Rfc7672s2_2_2) {
  const std::string alias = R"(
    a.example        MX    10 mx.a.example
    mx.a.example     CNAME real.b.example
    real.b.example   A     192.0.2.1
  )";
  Sending at_its_end(alias + "_25._tcp.real.b.example TLSA 3 1 1 AB*32\n");
  EXPECT_EQ(at_its_end.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(at_its_end.tried(), ElementsAre("192.0.2.1 dane"));
  EXPECT_THAT(at_its_end.names()[0], Contains("real.b.example"));
  Sending at_its_begin(alias + "_25._tcp.mx.a.example TLSA 3 1 1 AB*32\n");
  EXPECT_EQ(at_its_begin.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(at_its_begin.tried(), ElementsAre("192.0.2.1 dane"));
}

// --- policies

TEST(Delivery, APolicyIsThatOfTheDomainOfTheMail) {
  Sending mail(kTwo);
  mail.control("danepolicy", "a.example:encrypt\n");
  EXPECT_EQ(mail.to("a.example").state, MessageState::accepted);
  EXPECT_THAT(mail.tried(), ElementsAre("192.0.2.1 encrypt"));
  EXPECT_EQ(mail.circumstances()[0].policy, "danepolicy: a.example:encrypt");
}

TEST(Delivery, APolicyThatCannotBeUnderstoodDelaysTheMail) {
  Sending mail(kTwo);
  mail.control("danepolicy", "a.example:whatever\n");
  expect_delayed(mail.to("a.example"), "Unable to read control files");
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, ATrustStoreThatCannotBeReadRulesTheHostOut) {
  Sending mail(kTwo);
  mail.control("danepolicy", "a.example:pkix ca=/nowhere/ca.pem\n");
  expect_delayed(mail.to("a.example"), "(#4.7.5)");
  EXPECT_THAT(mail.tried(), IsEmpty());
}

TEST(Delivery, ALineThatNamesTheHostIsRemarkedOn) {
  Sending mail(kTwo);
  mail.control("danepolicy", "mx1.a.example:none\n");
  const Report report = mail.to("a.example");
  EXPECT_EQ(report.state, MessageState::accepted);
  EXPECT_THAT(report.text, HasSubstr("has no effect"));
}

}  // namespace
}  // namespace qmail
