#include "src/tlsrpt/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/codes.h"

namespace tlsrpt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using verify::Reason;

const net::Address kAddress = *net::parse_address("192.0.2.1");

policy::DnsFacts facts_with(policy::TlsaState state) {
  policy::DnsFacts out;
  out.state = state;
  if (state == policy::TlsaState::present) {
    out.records = {{3, 1, 1, base::Bytes(2, std::byte{0xAB})}};
  }
  return out;
}

Session good() {
  Session out;
  out.address = kAddress;
  out.established = true;
  return out;
}

Session failed(base::Code code) {
  Session out;
  out.address = kAddress;
  out.error = base::Error{base::ErrorKind::temporary, code, "why"};
  return out;
}

Session refused(Reason reason) {
  Session out = failed(base::Code::refused);
  out.why = reason;
  return out;
}

std::string type_of(const Session& session) {
  TlsEvent event;
  const bool told =
      describe_session(facts_with(policy::TlsaState::present), session, event);
  return told ? event.result : "nothing";
}

std::string reason_of(const Session& session) {
  TlsEvent event;
  EXPECT_TRUE(describe_session(facts_with(policy::TlsaState::present), session, event));
  return event.reason;
}

TEST(Sessions, ResultTypes_Rfc8460s4_3) {
  EXPECT_EQ(type_of(failed(base::Code::starttls_not_offered)), "starttls-not-supported");
  EXPECT_EQ(type_of(failed(base::Code::starttls_refused)), "starttls-not-supported");
  for (const char* code : {"handshake", "key-usage", "truncated", "bad-certificate",
                           "unsupported-key", "starttls-injection"}) {
    EXPECT_EQ(type_of(failed(base::code_named(code))), "validation-failure") << code;
  }
  EXPECT_EQ(type_of(refused(Reason::name_mismatch)), "certificate-host-mismatch");
  EXPECT_EQ(type_of(refused(Reason::too_many_names)), "certificate-host-mismatch");
  EXPECT_EQ(type_of(refused(Reason::expired)), "certificate-expired");
  EXPECT_EQ(type_of(refused(Reason::not_yet_valid)), "certificate-expired");
  EXPECT_EQ(type_of(refused(Reason::no_usable_record)), "tlsa-invalid");
  EXPECT_EQ(type_of(refused(Reason::mismatch)), "certificate-not-trusted");
  EXPECT_EQ(type_of(refused(Reason::no_path)), "certificate-not-trusted");
}

TEST(Sessions, AFailureBeforeTlsIsNone) {
  for (const char* code : {"connect", "greeting", "timeout", "helo", "closed"}) {
    EXPECT_EQ(type_of(failed(base::code_named(code))), "nothing") << code;
  }
  EXPECT_EQ(type_of(Session()), "nothing");
}

TEST(Sessions, TheReasonIsTheVerdictsWhereThereIsOne) {
  EXPECT_EQ(reason_of(refused(Reason::mismatch)), "mismatch");
  EXPECT_EQ(reason_of(failed(base::Code::starttls_not_offered)), "starttls-not-offered");
  Session session = good();
  session.why = Reason::none;
  EXPECT_EQ(reason_of(session), "");
}

TEST(Sessions, AGoodSessionCountsUnderItsPolicy_Rfc8460s4_4) {
  TlsEvent event;
  ASSERT_TRUE(describe_session(facts_with(policy::TlsaState::present), good(), event));
  EXPECT_EQ(event.policy, "tlsa");
  EXPECT_EQ(event.result, "");
  EXPECT_EQ(event.address, "192.0.2.1");
  EXPECT_THAT(event.records, ElementsAre("3 1 1 abab"));
  TlsEvent without;
  ASSERT_TRUE(describe_session(facts_with(policy::TlsaState::absent), good(), without));
  EXPECT_EQ(without.policy, "no-policy-found");
  EXPECT_THAT(without.records, IsEmpty());
}

TEST(Sessions, TheBaseDomainIsThatOfTheRecords_Rfc8460s1_1) {
  policy::DnsFacts facts = facts_with(policy::TlsaState::present);
  facts.owner = dns::Name::parse("_25._tcp.base.example").value();
  TlsEvent event;
  ASSERT_TRUE(describe_session(facts, good(), event));
  EXPECT_EQ(event.base, "base.example");
}

TEST(Sessions, HostsThatTheDnsRulesOut_Rfc8460s4_3_2_1) {
  tlsrpt::TlsEvent event;
  EXPECT_TRUE(
      describe_failure({base::ErrorKind::temporary, base::Code::bogus, ""}, event));
  EXPECT_EQ(event.result, "dnssec-invalid");
  EXPECT_TRUE(
      describe_failure({base::ErrorKind::temporary, base::Code::no_tlsa, ""}, event));
  EXPECT_EQ(event.result, "dane-required");
  EXPECT_FALSE(
      describe_failure({base::ErrorKind::temporary, base::Code::servfail, ""}, event));
}

}  // namespace
}  // namespace tlsrpt
