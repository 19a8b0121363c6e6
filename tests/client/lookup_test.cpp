// What is known before a connection is made: the DNS facts of a peer, and what follows.
#include "src/client/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/client/hello.h"
#include "tests/support/map_source.h"

namespace client {
namespace {

using policy::Level;
using policy::Proof;
using policy::WithoutTlsa;
using support::DnsWorld;
using support::name;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kSigned = R"(
  www.example A    192.0.2.1
  www.example AAAA 2001:db8::1
  _443._tcp.www.example TLSA 3 1 1 AB*32
)";

policy::Demand demand(Level level, WithoutTlsa without = WithoutTlsa::refuse) {
  policy::Demand out;
  out.level = level;
  out.without_tlsa = without;
  return out;
}

Target target(std::string_view host) { return {parse_host(host).value(), 443}; }

struct Found {
  std::vector<net::Endpoint> endpoints;
  policy::Requirement requirement;
};
struct Outcome {
  policy::DnsFacts facts;
  base::Result<Found> result;
};

/// Both steps, as every program takes them.
io::Task<Outcome> find(resolver::Resolver& resolver, Target target,
                       policy::Demand demand) {
  auto location = co_await locate(resolver, target, demand);
  if (!location) co_return Outcome{{}, tl::unexpected(location.error())};
  auto endpoints = location->endpoints;
  auto found = co_await look_up(resolver, std::move(*location), target.port, demand);
  if (!found.requirement) {
    co_return Outcome{found.facts, tl::unexpected(found.requirement.error())};
  }
  co_return Outcome{found.facts, Found{std::move(endpoints), *found.requirement}};
}

auto look(DnsWorld& world, const policy::Demand& demand,
          std::string_view host = "www.example") {
  return world.run(find(world.resolver, target(host), demand));
}

/// The code of the error that a look-up ends in.
std::string error_of(std::string_view lines, const policy::Demand& demand) {
  DnsWorld world(lines);
  const auto out = look(world, demand);
  return out.result ? "none" : std::string(base::to_text(out.result.error().code));
}

std::vector<std::string> names(const policy::DnsFacts& facts) {
  std::vector<std::string> out;
  for (const auto& reference : facts.names) out.push_back(policy::to_text(reference));
  return out;
}

bool asked_for_tlsa(const DnsWorld& world) {
  return std::ranges::any_of(world.source.asked(), [](const std::string& question) {
    return question.starts_with("TLSA ");
  });
}

TEST(Find, ASecureRrsetIsTheRequirement) {
  DnsWorld world(kSigned);
  const auto out = look(world, demand(Level::dane));
  ASSERT_TRUE(out.result) << out.result.error().detail;
  EXPECT_EQ(out.result->requirement.proof, Proof::dane);
  EXPECT_EQ(out.result->requirement.records.size(), 1U);
  EXPECT_EQ(out.facts.state, policy::TlsaState::present);
  EXPECT_THAT(names(out.facts), ElementsAre("www.example"));
  EXPECT_THAT(out.result->endpoints,
              ElementsAre(net::Endpoint{*net::parse_address("2001:db8::1"), 443},
                          net::Endpoint{*net::parse_address("192.0.2.1"), 443}));
}

TEST(Find, OnlyALevelOfDaneAsksForRecords) {
  for (const Level level : {Level::dane, Level::dane_only, Level::dane_and_pkix}) {
    DnsWorld world(kSigned);
    EXPECT_TRUE(look(world, demand(level)).result) << policy::to_text(level);
    EXPECT_TRUE(asked_for_tlsa(world)) << policy::to_text(level);
  }
  for (const Level level : {Level::none, Level::may, Level::encrypt, Level::pkix}) {
    DnsWorld world(kSigned);
    const auto out = look(world, demand(level));
    ASSERT_TRUE(out.result) << policy::to_text(level);
    EXPECT_FALSE(asked_for_tlsa(world)) << policy::to_text(level);
    EXPECT_EQ(out.facts.state, policy::TlsaState::not_asked);
    EXPECT_THAT(names(out.facts), ElementsAre("www.example"));
    EXPECT_THAT(out.result->requirement.records, IsEmpty());
  }
}

TEST(Find, WithoutSecureRecordsTheDemandSaysWhatFollows_Rfc7672s2_2) {
  for (const char* lines :
       {"www.example A 192.0.2.1 insecure", "www.example A 192.0.2.1",
        "www.example A 192.0.2.1 \n _443._tcp.www.example TLSA 3 1 1 AB*32 insecure"}) {
    EXPECT_EQ(error_of(lines, demand(Level::dane)), "no-tlsa") << lines;
    EXPECT_EQ(error_of(lines, demand(Level::dane_only)), "no-tlsa") << lines;
    EXPECT_EQ(error_of(lines, demand(Level::dane_only, WithoutTlsa::opportunistic)),
              "no-tlsa");
    EXPECT_EQ(error_of(lines, demand(Level::dane_and_pkix, WithoutTlsa::pkix)),
              "no-tlsa");
    DnsWorld world(lines);
    const auto out = look(world, demand(Level::dane, WithoutTlsa::opportunistic));
    ASSERT_TRUE(out.result) << lines;
    EXPECT_EQ(out.result->requirement.proof, Proof::nothing);
    EXPECT_EQ(out.result->requirement.tls, policy::Tls::optional);
  }
}

TEST(Find, AFailureIsNoAbsenceWhateverTheFallBack_Rfc7672s2_1_2) {
  for (const std::string failure : {"servfail", "timeout", "refused", "nodata bogus"}) {
    const std::string lines =
        "www.example A 192.0.2.1 \n _443._tcp.www.example TLSA " + failure;
    for (const WithoutTlsa without :
         {WithoutTlsa::refuse, WithoutTlsa::pkix, WithoutTlsa::encrypt,
          WithoutTlsa::opportunistic, WithoutTlsa::plain}) {
      const std::string error = error_of(lines, demand(Level::dane, without));
      EXPECT_NE(error, "none") << failure;
      EXPECT_NE(error, "no-tlsa") << failure;
    }
    EXPECT_EQ(error_of(lines, demand(Level::may)), "none") << "which does not ask";
  }
}

TEST(Find, AFirstAliasThatFailsIsNoInsecureHost_Rfc7672s2_1_3) {
  EXPECT_EQ(error_of(R"(
    www.example CNAME www.host
    www.host    A     192.0.2.1 insecure
    www.example CNAME? servfail
  )",
                     demand(Level::dane, WithoutTlsa::opportunistic)),
            "servfail");
}

TEST(Find, AHostWithoutAddressesIsAnErrorAtAnyLevel) {
  for (const Level level : {Level::none, Level::may, Level::dane, Level::pkix}) {
    EXPECT_EQ(
        error_of("www.example A servfail \n www.example AAAA servfail", demand(level)),
        "servfail");
    EXPECT_EQ(error_of("www.example TXT x", demand(level)), "no-address");
  }
}

TEST(Find, AnAddressHasNoRecordsOfItsOwn_Rfc7672s2_2) {
  DnsWorld world("");
  const auto out = look(world, demand(Level::dane, WithoutTlsa::encrypt), "192.0.2.1");
  ASSERT_TRUE(out.result);
  EXPECT_THAT(world.source.asked(), IsEmpty());
  EXPECT_EQ(out.facts.state, policy::TlsaState::not_asked);
  EXPECT_THAT(names(out.facts), ElementsAre("192.0.2.1"));
  EXPECT_EQ(out.result->requirement.proof, Proof::nothing);
  EXPECT_FALSE(look(world, demand(Level::dane), "192.0.2.1").result);
}

TEST(Find, AnAddressWithANameHasTheRecordsOfThatName) {
  DnsWorld world(kSigned);
  policy::Demand named = demand(Level::dane);
  named.names = {name("www.example"), name("other.example")};
  const auto out = look(world, named, "192.0.2.9");
  ASSERT_TRUE(out.result) << out.result.error().detail;
  EXPECT_THAT(world.source.asked(), ElementsAre("TLSA _443._tcp.www.example"));
  EXPECT_THAT(out.result->endpoints,
              ElementsAre(net::Endpoint{*net::parse_address("192.0.2.9"), 443}));
  EXPECT_EQ(out.result->requirement.records.size(), 1U);
  EXPECT_THAT(names(out.facts), ElementsAre("www.example"));
}

TEST(Find, AnAddressWithAnAddressForItsNameHasNoRecords) {
  DnsWorld world(kSigned);
  policy::Demand named = demand(Level::dane);
  named.names = {*net::parse_address("192.0.2.1")};
  EXPECT_FALSE(look(world, named, "192.0.2.9").result);
  EXPECT_THAT(world.source.asked(), IsEmpty());
}

TEST(Find, AMappedAddressIsConnectedToAsWhatItStandsFor_Rfc4291s2_5_5_2) {
  DnsWorld world("");
  const auto out = look(world, demand(Level::encrypt), "::ffff:192.0.2.1");
  ASSERT_TRUE(out.result);
  EXPECT_THAT(out.result->endpoints,
              ElementsAre(net::Endpoint{*net::parse_address("192.0.2.1"), 443}));
}

TEST(Find, TheNamesOfAnAlias_Rfc7671s7) {
  DnsWorld world(R"(
    www.example CNAME www.host
    www.host    A     192.0.2.1
    _443._tcp.www.host TLSA 2 1 1 AB*32
  )");
  const auto out = look(world, demand(Level::dane));
  ASSERT_TRUE(out.result) << out.result.error().detail;
  EXPECT_EQ(server_name(out.facts, out.result->requirement), "www.host");
  EXPECT_THAT(names(out.facts), ElementsAre("www.host", "www.example"));
}

TEST(Find, OneFamilyOnDemand) {
  DnsWorld world(kSigned);
  Target four = target("www.example");
  four.families = resolver::Families::v4_only;
  const auto out = world.run(find(world.resolver, four, demand(Level::dane)));
  EXPECT_EQ(out.result->endpoints.size(), 1U);
}

TEST(Find, WhatWasFoundStaysBesideAnError) {
  DnsWorld world("www.example A 192.0.2.1");
  const auto out = look(world, demand(Level::dane_only));
  ASSERT_FALSE(out.result);
  EXPECT_EQ(out.facts.state, policy::TlsaState::absent);
  EXPECT_EQ(out.facts.owner, name("_443._tcp.www.example"));
}

const dns::Tlsa kPin{dns::kDaneEe, dns::kSpki, dns::kSha256,
                     base::Bytes(32, std::byte{0xCD})};

policy::Demand demand_with_pin(Level level, WithoutTlsa without = WithoutTlsa::refuse) {
  policy::Demand out = demand(level, without);
  out.pins = {kPin};
  return out;
}

TEST(Pins, StandInPlaceOfTheRecordsOfTheDns) {
  DnsWorld world(kSigned);
  const auto out = look(world, demand_with_pin(Level::dane));
  ASSERT_TRUE(out.result);
  EXPECT_TRUE(out.facts.are_pins);
  EXPECT_THAT(out.result->requirement.records, ElementsAre(kPin));
  EXPECT_EQ(out.result->requirement.proof, Proof::dane);
  EXPECT_THAT(names(out.facts), ElementsAre("www.example"));
  EXPECT_EQ(server_name(out.facts, out.result->requirement), "www.example");
  EXPECT_EQ(out.facts.owner.text(), "");
  EXPECT_FALSE(asked_for_tlsa(world));
}

// RFC 7671 7 makes a base domain of the end of a secure chain of aliases, for there the
// records were found. Those of the user were found nowhere.
TEST(Pins, AreForTheHostAsItWasGiven) {
  DnsWorld world(R"(
    www.example CNAME other.example
    other.example A 192.0.2.1
    _443._tcp.other.example TLSA 3 1 1 AB*32
  )");
  const auto out = look(world, demand_with_pin(Level::dane_only));
  ASSERT_TRUE(out.result);
  EXPECT_THAT(names(out.facts), ElementsAre("www.example"));
  EXPECT_THAT(out.result->requirement.records, ElementsAre(kPin));
}

TEST(Pins, AnAddressIsHeldToTheNamesThatTheUserGives) {
  DnsWorld world("");
  auto pinned = demand_with_pin(Level::dane);
  pinned.names = {name("www.example")};
  const auto out = look(world, pinned, "192.0.2.1");
  ASSERT_TRUE(out.result);
  EXPECT_EQ(server_name(out.facts, out.result->requirement), "www.example");
  EXPECT_EQ(out.result->requirement.names, pinned.names);
}

TEST(Pins, ProveNothingWhereNothingIsToBeProved) {
  DnsWorld world(kSigned);
  const auto out = look(world, demand_with_pin(Level::encrypt));
  ASSERT_TRUE(out.result);
  EXPECT_EQ(out.result->requirement.proof, Proof::nothing);
  EXPECT_FALSE(out.facts.are_pins);
}

}  // namespace
}  // namespace client
