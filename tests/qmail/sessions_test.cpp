#include "src/qmail/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qmail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using verify::Reason;

mail::Peer peer_with(policy::TlsaState state) {
  mail::Peer out;
  out.endpoint = {*net::parse_address("192.0.2.1"), 25};
  out.facts.state = state;
  if (state == policy::TlsaState::present) {
    out.facts.records = {{3, 1, 1, base::Bytes(2, std::byte{0xAB})}};
  }
  return out;
}

AttemptResult failed(base::Code code) {
  AttemptResult out;
  out.failure = base::Error{base::ErrorKind::temporary, std::move(code), "why"};
  return out;
}

AttemptResult refused(Reason reason) {
  AttemptResult out = failed(base::Code::refused);
  out.facts.verdict.emplace();
  out.facts.verdict->reason = reason;
  return out;
}

std::string type_of(const AttemptResult& result) {
  TlsEvent event;
  const bool told =
      describe_session(peer_with(policy::TlsaState::present), result, event);
  return told ? event.result : "nothing";
}

TEST(Sessions, ResultTypes_Rfc8460s4_3) {
  EXPECT_EQ(type_of(failed(base::Code::starttls_not_offered)), "starttls-not-supported");
  EXPECT_EQ(type_of(failed(base::Code::starttls_refused)), "starttls-not-supported");
  EXPECT_EQ(type_of(failed(base::Code::handshake)), "validation-failure");
  EXPECT_EQ(type_of(failed(base::Code::starttls_injection)), "validation-failure");
  EXPECT_EQ(type_of(refused(Reason::name_mismatch)), "certificate-host-mismatch");
  EXPECT_EQ(type_of(refused(Reason::expired)), "certificate-expired");
  EXPECT_EQ(type_of(refused(Reason::not_yet_valid)), "certificate-expired");
  EXPECT_EQ(type_of(refused(Reason::no_usable_record)), "tlsa-invalid");
  EXPECT_EQ(type_of(refused(Reason::mismatch)), "certificate-not-trusted");
  EXPECT_EQ(type_of(refused(Reason::no_path)), "certificate-not-trusted");
}

TEST(Sessions, AFailureBeforeTlsIsNone) {
  EXPECT_EQ(type_of(failed(base::Code::connect)), "nothing");
  EXPECT_EQ(type_of(failed(base::Code::greeting)), "nothing");
  EXPECT_EQ(type_of(failed(base::Code::timeout)), "nothing");
}

TEST(Sessions, AGoodSessionCountsUnderItsPolicy_Rfc8460s4_4) {
  AttemptResult good;
  good.facts.session.emplace();
  TlsEvent event;
  ASSERT_TRUE(describe_session(peer_with(policy::TlsaState::present), good, event));
  EXPECT_EQ(event.policy, "tlsa");
  EXPECT_EQ(event.result, "");
  EXPECT_EQ(event.address, "192.0.2.1");
  EXPECT_THAT(event.records, ElementsAre("3 1 1 abab"));
  TlsEvent without;
  ASSERT_TRUE(describe_session(peer_with(policy::TlsaState::absent), good, without));
  EXPECT_EQ(without.policy, "no-policy-found");
  EXPECT_THAT(without.records, IsEmpty());
}

TEST(Sessions, TheBaseDomainIsThatOfTheRecords_Rfc8460s1_1) {
  AttemptResult good;
  good.facts.session.emplace();
  mail::Peer peer = peer_with(policy::TlsaState::present);
  peer.facts.owner = dns::Name::parse("_25._tcp.base.example").value();
  TlsEvent event;
  ASSERT_TRUE(describe_session(peer, good, event));
  EXPECT_EQ(event.base, "base.example");
}

TEST(Sessions, PoliciesOfOursAreNotReported_Rfc8460s4_4) {
  using policy::Level;
  using policy::TlsaState;
  const MailPolicy usual;
  EXPECT_TRUE(is_domains_own(usual, peer_with(TlsaState::present)));
  EXPECT_TRUE(is_domains_own(usual, peer_with(TlsaState::absent)));
  EXPECT_TRUE(is_domains_own(usual, peer_with(TlsaState::insecure)));
  mail::Peer elsewhere = peer_with(TlsaState::present);
  elsewhere.endpoint.port = 2525;
  EXPECT_FALSE(is_domains_own(usual, elsewhere));
  MailPolicy only;
  only.level = Level::dane_only;
  EXPECT_TRUE(is_domains_own(only, peer_with(TlsaState::present)));
  MailPolicy pinned = only;
  pinned.pinned.emplace();
  EXPECT_FALSE(is_domains_own(pinned, peer_with(TlsaState::present)));
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    MailPolicy own;
    own.level = level;
    EXPECT_FALSE(is_domains_own(own, peer_with(TlsaState::not_asked)));
  }
  MailPolicy both;
  both.level = Level::dane_and_pkix;
  EXPECT_FALSE(is_domains_own(both, peer_with(TlsaState::present)));
  MailPolicy store;
  store.without_tlsa = policy::WithoutTlsa::pkix;
  EXPECT_FALSE(is_domains_own(store, peer_with(TlsaState::absent)));
  EXPECT_TRUE(is_domains_own(store, peer_with(TlsaState::present)))
      << "there the records decide";
}

TEST(Sessions, LookUpsForAPolicyOfOursAreNotReported_Rfc8460s4_4) {
  using policy::Level;
  const std::uint16_t port = 25;
  for (const Level level : {Level::dane, Level::dane_only, Level::dane_and_pkix}) {
    MailPolicy asks;
    asks.level = level;
    EXPECT_TRUE(is_domains_own(asks, port));
    for (const std::uint16_t other : std::initializer_list<std::uint16_t>{465, 2525}) {
      EXPECT_FALSE(is_domains_own(asks, other));
    }
    asks.pinned.emplace();
    EXPECT_FALSE(is_domains_own(asks, port));
  }
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    MailPolicy own;
    own.level = level;
    EXPECT_FALSE(is_domains_own(own, port));
  }
}

TEST(Sessions, HostsThatTheDnsRulesOut_Rfc8460s4_3_2_1) {
  TlsEvent event;
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
}  // namespace qmail
