#include "src/qmail/required_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/names.h"

namespace qmail {
namespace {

using dns::Security;
using policy::Level;
using policy::Proof;
using policy::Tls;
using policy::TlsaState;
using policy::WithoutTlsa;
using testing::ElementsAre;
using testing::IsEmpty;

using support::name;

Route route(Security security) {
  Route out;
  out.hosts.security = security;
  out.hosts.domains = {name("domain.example")};
  out.hosts.hosts = {{name("mx.example"), 10}};
  return out;
}

Route literal_route() {
  Route out;
  out.literal = net::parse_address("192.0.2.1");
  return out;
}

policy::DnsFacts facts(TlsaState state) {
  policy::DnsFacts out;
  out.state = state;
  out.names = {name("mx.example")};
  if (state == TlsaState::present) {
    out.records = {{3, 1, 1, base::Bytes(32, std::byte{1})}};
  }
  return out;
}

MailPolicy at_level(Level level, Scope scope = Scope::domain) {
  MailPolicy out;
  out.level = level;
  out.scope = scope;
  return out;
}

MailPolicy pinned() {
  MailPolicy out = at_level(Level::dane_only, Scope::host);
  out.pinned = dns::Tlsa{3, 0, 1, base::Bytes(32, std::byte{2})};
  return out;
}

std::vector<std::string> names_with(const Route& way, const MailPolicy& policy,
                                    TlsaState state) {
  policy::DnsFacts out = facts(state);
  add_names(way, policy, out);
  std::vector<std::string> texts;
  for (const auto& known : out.names) texts.push_back(policy::to_text(known));
  return texts;
}

// --- names

TEST(Names, DaneBehindASecureMxCountsHostAndDomain_Rfc7672s3_2_2) {
  EXPECT_THAT(names_with(route(Security::secure), {}, TlsaState::present),
              ElementsAre("mx.example", "domain.example"));
}

TEST(Names, DaneBehindAnInsecureMxCountsTheHostAlone_Rfc7672s3_2_2) {
  for (const Security state :
       {Security::insecure, Security::indeterminate, Security::bogus}) {
    EXPECT_THAT(names_with(route(state), {}, TlsaState::present),
                ElementsAre("mx.example"));
    EXPECT_THAT(
        names_with(route(state), at_level(Level::dane, Scope::host), TlsaState::present),
        ElementsAre("mx.example"));
  }
}

TEST(Names, PkixBehindAnInsecureMxCountsTheDomainAlone) {
  for (const Scope scope : {Scope::default_policy, Scope::domain}) {
    EXPECT_THAT(names_with(route(Security::insecure), at_level(Level::pkix, scope),
                           TlsaState::not_asked),
                ElementsAre("domain.example"));
    EXPECT_THAT(names_with(route(Security::insecure), at_level(Level::dane, scope),
                           TlsaState::insecure),
                ElementsAre("domain.example"));
  }
}

TEST(Names, PkixByALineAboutTheHostCountsTheHost) {
  EXPECT_THAT(names_with(route(Security::insecure), at_level(Level::pkix, Scope::host),
                         TlsaState::not_asked),
              ElementsAre("mx.example", "domain.example"));
}

TEST(Names, PkixBehindASecureMxCountsHostAndDomain) {
  EXPECT_THAT(
      names_with(route(Security::secure), at_level(Level::pkix), TlsaState::not_asked),
      ElementsAre("mx.example", "domain.example"));
}

TEST(Names, WhatIsSaidForPeopleDecidesNothing) {
  MailPolicy policy = at_level(Level::pkix);
  for (const char* source : {"tlshosts/mx.example.pem", "tlsdestinations: x"}) {
    policy.source = source;
    EXPECT_THAT(names_with(route(Security::insecure), policy, TlsaState::not_asked),
                ElementsAre("domain.example"));
  }
}

TEST(Names, AnAddressLiteralKeepsItsOwn) {
  EXPECT_THAT(names_with(literal_route(), at_level(Level::pkix), TlsaState::not_asked),
              ElementsAre("mx.example"));
}

// --- secure MX records as a duty

TEST(SecureMx, IsADutyWhereDaneIs_Rfc7672s2_2_1) {
  for (const Level level : {Level::dane_only, Level::dane_and_pkix}) {
    for (const Security state :
         {Security::insecure, Security::indeterminate, Security::bogus}) {
      EXPECT_TRUE(lacks_secure_mx(route(state), at_level(level)));
    }
    EXPECT_FALSE(lacks_secure_mx(route(Security::secure), at_level(level)));
    EXPECT_FALSE(lacks_secure_mx(literal_route(), at_level(level)));
  }
}

TEST(SecureMx, IsNoDutyElsewhere) {
  for (const Level level :
       {Level::none, Level::may, Level::encrypt, Level::dane, Level::pkix}) {
    EXPECT_FALSE(lacks_secure_mx(route(Security::insecure), at_level(level)));
  }
  EXPECT_FALSE(lacks_secure_mx(route(Security::insecure), pinned()))
      << "the user's word needs no DNS";
}

TEST(SecureMx, WithoutThemAHostIsRefused_Rfc7672s2_2_1) {
  const auto peer = required_peer(route(Security::insecure), at_level(Level::dane_only),
                                  facts(TlsaState::present));
  ASSERT_FALSE(peer);
  EXPECT_EQ(peer.error().code, base::Code::no_tlsa);
  EXPECT_EQ(peer.error().kind, base::ErrorKind::temporary);
}

// --- the peer

mail::Peer peer(const Route& way, const MailPolicy& policy, TlsaState state) {
  auto out = required_peer(way, policy, facts(state));
  EXPECT_TRUE(out);
  return out.value_or(mail::Peer());
}

TEST(RequiredPeer, ByDefaultRecordsDecide_Rfc7672s2_2) {
  const auto with = peer(route(Security::secure), {}, TlsaState::present);
  EXPECT_EQ(with.requirement.proof, Proof::dane);
  EXPECT_EQ(with.requirement.tls, Tls::required);
  EXPECT_EQ(with.requirement.service, policy::Service::smtp);
  EXPECT_EQ(with.requirement.records.size(), 1U);
  for (const TlsaState state :
       {TlsaState::absent, TlsaState::insecure, TlsaState::insecure_address}) {
    const auto without = peer(route(Security::secure), {}, state);
    EXPECT_EQ(without.requirement.proof, Proof::nothing);
    EXPECT_EQ(without.requirement.tls, Tls::optional);
  }
}

TEST(RequiredPeer, DaneBehindAnInsecureMxIsAskedForAllTheSame_Rfc7672s2_2_1) {
  const auto out = peer(route(Security::insecure), {}, TlsaState::present);
  EXPECT_EQ(out.requirement.proof, Proof::dane);
  EXPECT_THAT(out.requirement.names,
              ElementsAre(policy::ReferenceName(name("mx.example"))));
}

TEST(RequiredPeer, WithoutRecordsADutyCannotBeDone) {
  for (const Level level : {Level::dane_only, Level::dane_and_pkix}) {
    const auto out =
        required_peer(route(Security::secure), at_level(level), facts(TlsaState::absent));
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, base::Code::no_tlsa);
  }
}

TEST(RequiredPeer, FallsBackAsThePolicySays) {
  MailPolicy policy;
  policy.without_tlsa = WithoutTlsa::encrypt;
  const auto encrypted = peer(route(Security::secure), policy, TlsaState::absent);
  EXPECT_EQ(encrypted.requirement.tls, Tls::required);
  policy.without_tlsa = WithoutTlsa::plain;
  EXPECT_EQ(peer(route(Security::secure), policy, TlsaState::absent).requirement.tls,
            Tls::never);
}

TEST(RequiredPeer, SomebodyElsesNameIsNotTheDomains) {
  MailPolicy policy = at_level(Level::pkix);
  policy.match = {name("other.example")};
  const policy::ReferenceName other(name("other.example"));
  EXPECT_THAT(
      peer(route(Security::secure), policy, TlsaState::not_asked).requirement.names,
      ElementsAre(other));
  policy.level = Level::dane;
  policy.without_tlsa = WithoutTlsa::pkix;
  EXPECT_THAT(peer(route(Security::secure), policy, TlsaState::absent).requirement.names,
              ElementsAre(other));
  EXPECT_THAT(peer(route(Security::secure), policy, TlsaState::present).requirement.names,
              testing::Not(testing::Contains(other)))
      << "records say whose names count";
  policy.level = Level::dane_and_pkix;
  EXPECT_THAT(peer(route(Security::secure), policy, TlsaState::present).requirement.names,
              ElementsAre(other));
}

TEST(RequiredPeer, NamesAreComparedUnlessThePolicySaysNo) {
  MailPolicy policy = at_level(Level::pkix);
  EXPECT_EQ(
      peer(route(Security::secure), policy, TlsaState::not_asked).requirement.name_check,
      policy::NameCheck::compare);
  policy.names = policy::NameCheck::skip;
  EXPECT_EQ(
      peer(route(Security::secure), policy, TlsaState::not_asked).requirement.name_check,
      policy::NameCheck::skip);
}

TEST(RequiredPeer, PortAndStartOfTls_Rfc8314s3_3) {
  Route way = route(Security::secure);
  MailPolicy policy;
  EXPECT_EQ(port_for(way, policy), 25);
  policy.port = 465;
  EXPECT_EQ(port_for(way, policy), 465);
  EXPECT_EQ(peer(way, policy, TlsaState::absent).start, mail::TlsStart::implicit);
  EXPECT_EQ(peer(way, policy, TlsaState::absent).endpoint.port, 465);
  way.port = 2525;
  EXPECT_EQ(port_for(way, policy), 2525) << "smtproutes comes first";
  EXPECT_EQ(peer(way, policy, TlsaState::absent).start, mail::TlsStart::starttls);
}

// --- trust store

TEST(TrustStoreNeed, WhereAPathMayBeAskedFor) {
  policy::Requirement requirement;
  requirement.proof = Proof::dane;
  EXPECT_FALSE(policy::wants_trust_store(requirement));
  requirement.when_unusable = policy::WhenUnusable::encrypt;
  EXPECT_FALSE(policy::wants_trust_store(requirement));
  requirement.when_unusable = policy::WhenUnusable::pkix;
  EXPECT_TRUE(policy::wants_trust_store(requirement));
  requirement.when_unusable = policy::WhenUnusable::refuse;
  requirement.proof = Proof::pkix;
  EXPECT_TRUE(policy::wants_trust_store(requirement));
  requirement.proof = Proof::dane_and_pkix;
  EXPECT_TRUE(policy::wants_trust_store(requirement));
  requirement.proof = Proof::nothing;
  EXPECT_FALSE(policy::wants_trust_store(requirement));
}

// --- facts that need no look-up

Candidate host(const resolver::Host& found) {
  return {found.original.text(), {*net::parse_address("192.0.2.1")}, &found};
}

TEST(KnownFacts, RecordsAreAskedForWhereDaneIs) {
  resolver::Host found;
  found.original = name("mx.example");
  for (const Level level : {Level::dane, Level::dane_only, Level::dane_and_pkix}) {
    EXPECT_FALSE(facts_without_lookup(at_level(level), host(found)));
  }
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    const auto known = facts_without_lookup(at_level(level), host(found));
    ASSERT_TRUE(known);
    EXPECT_EQ(known->state, TlsaState::not_asked);
    EXPECT_THAT(known->names, ElementsAre(policy::ReferenceName(found.original)));
    EXPECT_THAT(known->records, IsEmpty());
  }
}

TEST(KnownFacts, APinnedCertificateStandsInTheirPlace) {
  resolver::Host found;
  found.original = name("mx.example");
  const auto known = facts_without_lookup(pinned(), host(found));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->state, TlsaState::present);
  EXPECT_THAT(known->records, ElementsAre(*pinned().pinned));
  EXPECT_THAT(known->names, ElementsAre(policy::ReferenceName(found.original)));
}

TEST(KnownFacts, AnAddressHasNoRecords_Rfc7672s2_2) {
  const net::Address address = *net::parse_address("192.0.2.1");
  const Candidate literal{"192.0.2.1", {address}, nullptr};
  const auto known = facts_without_lookup({}, literal);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->state, TlsaState::not_asked);
  EXPECT_THAT(known->names, ElementsAre(policy::ReferenceName(address)));
  EXPECT_EQ(facts_without_lookup(pinned(), literal)->state, TlsaState::present);
}

}  // namespace
}  // namespace qmail
