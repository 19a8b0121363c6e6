// What a survey finds out about domains by the DNS alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/post.hpp>

#include "src/audit/live_contact.h"
#include "src/audit/survey.h"
#include "tests/support/map_source.h"

namespace audit {
namespace {

using support::DnsWorld;
using support::name;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

/// Nobody is connected to, and nothing is asked again.
SurveySettings by_dns_alone() {
  SurveySettings out;
  out.probe = Probe::none;
  out.retries = 0;
  out.retry_wait = std::chrono::seconds(0);
  return out;
}

DomainSeen survey(DnsWorld& world, const SurveySettings& settings = by_dns_alone()) {
  Common common(settings, LimitSettings());
  Survey survey(world.loop, world.resolver, common,
                std::make_shared<LiveContact>(world.loop, world.resolver, common));
  return world.run(survey.domain(name("example.org")));
}

constexpr std::string_view kSound = R"(
  zone example.org signed
  example.org MX 10 a.example.org
  example.org MX 20 b.example.org
  example.org DNSKEY 257 13 64
  example.org DS 4711 13 2 signer=org
  example.org NSEC3PARAM 5 8
  a.example.org A 192.0.2.1
  b.example.org A 192.0.2.2
  _25._tcp.a.example.org TLSA 3 1 1 AB*32
  _25._tcp.b.example.org TLSA 2 0 1 CD*32
  _mta-sts.example.org TXT "v=STSv1; id=1"
  _smtp._tls.example.org TXT "v=TLSRPTv1; rua=mailto:a@example.org"
)";

TEST(SurveyLookUps, ADomainAndItsHosts) {
  DnsWorld world(kSound);
  const auto found = survey(world);
  EXPECT_EQ(found.domain, name("example.org"));
  ASSERT_FALSE(found.error);
  EXPECT_EQ(found.mx.security, dns::Security::secure);
  ASSERT_EQ(found.hosts.size(), 2U);
  EXPECT_EQ(found.hosts[0]->seen.name, name("a.example.org"));
  EXPECT_EQ(found.hosts[0]->seen.tlsa.state, policy::TlsaState::present);
  EXPECT_EQ(found.hosts[0]->seen.tlsa.records.size(), 1U);
  EXPECT_EQ(found.hosts[0]->seen.records_at, name("_25._tcp.a.example.org"));
  EXPECT_EQ(found.hosts[1]->seen.name, name("b.example.org"));
  EXPECT_THAT(found.hosts[0]->seen.addresses, IsEmpty()) << "nobody is connected to";
}

TEST(SurveyLookUps, ItsZonesUpToTheTopLevel) {
  DnsWorld world(kSound);
  const auto found = survey(world);
  ASSERT_EQ(found.zones.size(), 1U) << "and not that of org";
  EXPECT_EQ(found.zones[0]->apex, name("example.org"));
  EXPECT_EQ(found.zones[0]->keys.size(), 1U);
  EXPECT_EQ(found.zones[0]->ds.size(), 1U);
  ASSERT_TRUE(found.zones[0]->nsec3);
  EXPECT_EQ(found.zones[0]->nsec3->iterations, 5);
  EXPECT_EQ(world.source.times_asked("DNSKEY example.org"), 1U) << "for all who need it";
}

/// Lets go of answers once somebody waits for them and everybody else has theirs.
io::Task<void> release_late(DnsWorld& world, std::string question) {
  for (int i = 0; i < 1000 || world.source.waiting().empty(); ++i) {
    co_await asio::post(world.loop, io::kResume);
  }
  world.source.release(question);
}

io::Task<std::vector<dns::Name>> zones_of_host(Survey& survey, DnsWorld& world,
                                               std::string late) {
  using namespace asio::experimental::awaitable_operators;
  const dns::Name domain = name("example.org");
  const auto found =
      co_await (survey.domain(domain) && release_late(world, std::move(late)));
  std::vector<dns::Name> out;
  for (const auto& zone : found.hosts.at(0)->seen.zones) out.push_back(zone->apex);
  co_return out;
}

TEST(SurveyLookUps, TheZonesOfAHostHaveOneOrder) {
  for (const std::string late : {"DNSKEY _tcp.a.example.org", "DNSKEY example.org"}) {
    DnsWorld world(R"(
      example.org MX 10 a.example.org signer=other.org
      a.example.org A 192.0.2.1 signer=example.org
      _25._tcp.a.example.org TLSA 3 1 1 AB*32 signer=_tcp.a.example.org
      example.org DNSKEY 257 13 64
      _tcp.a.example.org DNSKEY 257 13 64
    )");
    world.source.hold(late);
    Common common(by_dns_alone(), LimitSettings());
    Survey survey(world.loop, world.resolver, common,
                  std::make_shared<LiveContact>(world.loop, world.resolver, common));
    EXPECT_THAT(world.run(zones_of_host(survey, world, late)),
                ElementsAre(name("_tcp.a.example.org"), name("example.org")))
        << late;
  }
}

TEST(SurveyLookUps, ItsTexts) {
  DnsWorld world(kSound);
  const auto found = survey(world);
  ASSERT_TRUE(found.sts);
  EXPECT_THAT(*found.sts, ElementsAre("v=STSv1; id=1"));
  ASSERT_TRUE(found.tlsrpt);
  EXPECT_EQ(found.tlsrpt->size(), 1U);
  world.source.add("_mta-sts.example.org TXT servfail");
  EXPECT_FALSE(survey(world).sts) << "which is not to say that there are none";
  world.source.add("_mta-sts.example.org TXT nodata");
  EXPECT_THAT(survey(world).sts.value(), IsEmpty());
}

TEST(SurveyLookUps, WhatDecidesNoGradeIsAskedOnDemand) {
  DnsWorld world(kSound);
  auto settings = by_dns_alone();
  settings.thorough = false;
  const auto found = survey(world, settings);
  EXPECT_FALSE(found.sts);
  EXPECT_THAT(found.zones, IsEmpty());
  EXPECT_THAT(world.source.asked(), Not(Contains("DNSKEY example.org")));
  EXPECT_THAT(world.source.asked(), Not(Contains("TXT _smtp._tls.example.org")));
  EXPECT_EQ(found.hosts[0]->seen.tlsa.state, policy::TlsaState::present);
}

TEST(SurveyLookUps, ADomainWithNowhereToGo) {
  DnsWorld world("example.org MX servfail");
  const auto failed = survey(world);
  ASSERT_TRUE(failed.error);
  EXPECT_EQ(failed.error->code, base::Code::servfail);
  EXPECT_THAT(failed.hosts, IsEmpty());
  world.source.add("example.org MX 0 .");
  EXPECT_EQ(survey(world).error->code, base::Code::null_mx);
  world.source.add("example.org MX nxdomain");
  EXPECT_EQ(survey(world).error->code, base::Code::no_domain);
}

TEST(SurveyLookUps, HostsOfOnePreferenceAreInTheOrderOfTheirNames) {
  DnsWorld world(R"(
    example.org MX 10 c.example.org
    example.org MX 10 a.example.org
    example.org MX 5  d.example.org
    example.org MX 10 b.example.org
  )");
  std::vector<std::string> order;
  for (const auto& host : survey(world).hosts) order.push_back(host->seen.name.text());
  EXPECT_THAT(order, ElementsAre("d.example.org", "a.example.org", "b.example.org",
                                 "c.example.org"));
}

/// The host of a domain with one.
std::shared_ptr<const HostSeen> host(DnsWorld& world,
                                     const SurveySettings& settings = by_dns_alone()) {
  world.source.add("example.org MX 10 a.example.org");
  const auto audited = survey(world, settings).hosts.at(0);
  return {audited, &audited->seen};
}

TEST(SurveyLookUps, AHostThatCannotBeLookedUp) {
  DnsWorld world("a.example.org * servfail");
  ASSERT_TRUE(host(world)->error);
  EXPECT_EQ(host(world)->error->code, base::Code::servfail);
}

TEST(SurveyLookUps, OneFamilyThatFailsIsRemembered) {
  DnsWorld world("a.example.org A 192.0.2.1 \n a.example.org AAAA timeout");
  const auto found = host(world);
  EXPECT_FALSE(found->error);
  ASSERT_TRUE(found->family_error);
  EXPECT_EQ(found->family_error->code, base::Code::timeout);
  DnsWorld good("a.example.org A 192.0.2.1");
  EXPECT_FALSE(host(good)->family_error);
}

TEST(SurveyLookUps, RecordsThatCannotBeLookedUpAreNoAbsence_Rfc7672s2_1_2) {
  DnsWorld world("a.example.org A 192.0.2.1 \n _25._tcp.a.example.org TLSA servfail");
  const auto found = host(world);
  ASSERT_TRUE(found->tlsa_error);
  EXPECT_EQ(found->tlsa_error->code, base::Code::servfail);
  EXPECT_NE(found->tlsa.state, policy::TlsaState::absent);
}

TEST(SurveyLookUps, WhatFailsIsAskedForAgainAndWhatIsBogusIsNot) {
  auto settings = by_dns_alone();
  settings.retries = 2;
  settings.thorough = false;
  DnsWorld failing("a.example.org A 192.0.2.1 \n _25._tcp.a.example.org TLSA servfail");
  EXPECT_TRUE(host(failing, settings)->tlsa_error);
  EXPECT_EQ(failing.source.times_asked("TLSA _25._tcp.a.example.org"), 3U);
  DnsWorld bogus("a.example.org A 192.0.2.1 \n _25._tcp.a.example.org TLSA bogus nodata");
  EXPECT_EQ(host(bogus, settings)->tlsa_error->code, base::Code::bogus);
  EXPECT_EQ(bogus.source.times_asked("TLSA _25._tcp.a.example.org"), 1U);
}

TEST(SurveyLookUps, StatesOfRecords_Rfc7672s2_2) {
  const auto state = [](std::string_view lines) {
    DnsWorld world(lines);
    return host(world)->tlsa.state;
  };
  EXPECT_EQ(state("a.example.org A 192.0.2.1"), policy::TlsaState::absent);
  EXPECT_EQ(state("a.example.org A 192.0.2.1 insecure"),
            policy::TlsaState::insecure_address);
  EXPECT_EQ(state("a.example.org A 192.0.2.1 \n"
                  "_25._tcp.a.example.org TLSA 3 1 1 AB*32 insecure"),
            policy::TlsaState::insecure);
}

TEST(SurveyLookUps, AnInsecureDenialIsToldFromInsecureRecords) {
  DnsWorld denied(
      "a.example.org A 192.0.2.1 \n _25._tcp.a.example.org TLSA nodata insecure");
  EXPECT_TRUE(host(denied)->denied);
  DnsWorld there(
      "a.example.org A 192.0.2.1 \n _25._tcp.a.example.org TLSA 3 1 1 AB*32 insecure");
  EXPECT_FALSE(host(there)->denied);
}

TEST(SurveyLookUps, AnAliasThatLeadsToNoRecords) {
  DnsWorld world(R"(
    a.example.org A 192.0.2.1
    _25._tcp.a.example.org CNAME tlsa.example.net
    example.net A 192.0.2.2
  )");
  const auto found = host(world);
  EXPECT_EQ(found->dangling, name("tlsa.example.net"));
  EXPECT_EQ(found->tlsa.owner, name("_25._tcp.a.example.org"));
  DnsWorld plain("a.example.org A 192.0.2.1");
  EXPECT_FALSE(host(plain)->dangling);
}

TEST(SurveyLookUps, AParentThatDeniesWhatIsBelowIt_Rfc8020s2) {
  constexpr std::string_view kRecords = R"(
    a.example.org A 192.0.2.1
    _25._tcp.a.example.org TLSA 3 1 1 AB*32
  )";
  DnsWorld sound(kRecords);
  EXPECT_FALSE(host(sound)->parent_denied);
  DnsWorld broken(std::string(kRecords) + "_tcp.a.example.org TXT nxdomain");
  EXPECT_TRUE(host(broken)->parent_denied);
}

TEST(SurveyLookUps, WhoSignsTheRecords) {
  DnsWorld world(kSound);
  const auto audited = survey(world).hosts.at(0);
  const HostSeen* found = &audited->seen;
  ASSERT_TRUE(found->signature);
  EXPECT_EQ(found->signature->signer, name("example.org"));
  EXPECT_GT(found->octets, 0U);
  ASSERT_EQ(found->zones.size(), 1U);
  EXPECT_EQ(found->zones[0]->apex, name("example.org"));
}

TEST(SurveyLookUps, AHostOfTwoDomainsIsLookedUpOnce) {
  DnsWorld world(kSound);
  Common common(by_dns_alone(), LimitSettings());
  Survey survey(world.loop, world.resolver, common,
                std::make_shared<LiveContact>(world.loop, world.resolver, common));
  (void)world.run(survey.domain(name("example.org")));
  const auto before = world.source.times_asked("A a.example.org");
  world.source.add("other.example MX 10 a.example.org");
  const auto other = world.run(survey.domain(name("other.example")));
  EXPECT_EQ(other.hosts.at(0)->seen.tlsa.state, policy::TlsaState::present);
  EXPECT_EQ(world.source.times_asked("A a.example.org"), before);
}

}  // namespace
}  // namespace audit
