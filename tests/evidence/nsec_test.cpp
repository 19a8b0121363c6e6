// Denials by NSEC, in the answers that a server gives and in those that an attacker
// would.
#include "src/evidence/nsec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using test::nsec;
using test::SigningKey;
using test::World;
using testing::HasSubstr;

/// The zone `example.` with the names `a`, `ent` (which is empty), `x.ent`, `*.wild`, the
/// delegations `cut` (without keys) and `dname`, which is a DNAME.
struct Zone : World {
  const SigningKey& key = add_zone("example.");
  Draft soa = key.sign(draft("example.", "SOA", {"a. b. 1 2 3 4 5"}));
  Draft apex = nsec(key, "example.", "a.example.", "NS SOA DNSKEY RRSIG NSEC");
  Draft a = nsec(key, "a.example.", "cut.example.", "A RRSIG NSEC");
  Draft cut = nsec(key, "cut.example.", "dname.example.", "NS RRSIG NSEC");
  Draft dname = nsec(key, "dname.example.", "x.ent.example.", "DNAME RRSIG NSEC");
  Draft ent = nsec(key, "x.ent.example.", "*.wild.example.", "A RRSIG NSEC");
  Draft wild = nsec(key, "*.wild.example.", "example.", "TXT RRSIG NSEC");

  std::string denied(const std::string& name, const std::string& type, int rcode,
                     const std::vector<Draft>& denials) {
    std::vector<Draft> authority = denials;
    authority.push_back(soa);
    answer(name, type, rcode, {}, authority);
    return told(name, type);
  }
};

TEST(Nsec, NoData_Rfc4035s5_4) {
  Zone zone;
  EXPECT_EQ(zone.denied("a.example.", "AAAA", 0, {zone.a}), "secure");
  EXPECT_THAT(zone.denied("a.example.", "A", 0, {zone.a}),
              HasSubstr("the NSEC record of the name does not deny the type"));
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {zone.ent}),
              HasSubstr("no NSEC record says what the name has"));
}

TEST(Nsec, ANameWithAnAliasHasMoreThanNoData_Rfc6840s4_3) {
  Zone zone;
  const Draft alias = nsec(zone.key, "a.example.", "cut.example.", "CNAME RRSIG NSEC");
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {alias}),
              HasSubstr("does not deny the type"));
}

TEST(Nsec, EmptyNonTerminals_Rfc4592s2_2_2) {
  Zone zone;
  const Draft before = nsec(zone.key, "a.example.", "x.ent.example.", "A RRSIG NSEC");
  EXPECT_EQ(zone.denied("ent.example.", "A", 0, {before}), "secure");
  EXPECT_EQ(zone.denied("ent.example.", "A", 3, {before}), "secure")
      << "some servers say NXDOMAIN, and libunbound lets them";
  EXPECT_THAT(zone.denied("eat.example.", "A", 0, {before}), HasSubstr("bogus"));
}

TEST(Nsec, NoName) {
  Zone zone;
  EXPECT_EQ(zone.denied("b.example.", "A", 3, {zone.a, zone.apex}), "secure");
  EXPECT_EQ(zone.denied("z.example.", "A", 3, {zone.wild, zone.apex}), "secure")
      << "the last record leads back to the apex";
  EXPECT_THAT(zone.denied("b.example.", "A", 3, {zone.apex}),
              HasSubstr("no NSEC record denies the name"));
  EXPECT_THAT(zone.denied("b.example.", "A", 3, {zone.a}),
              HasSubstr("no NSEC record denies the wildcard"));
  EXPECT_THAT(zone.denied("b.example.", "A", 0, {zone.a, zone.apex}), HasSubstr("bogus"))
      << "that is no proof that it exists";
  EXPECT_THAT(zone.denied("a.example.", "A", 3, {zone.a, zone.apex}),
              HasSubstr("no NSEC record denies the name"));
}

TEST(Nsec, TheWildcardThatWouldHaveAnswered) {
  Zone zone;
  EXPECT_THAT(zone.denied("b.wild.example.", "TXT", 3, {zone.wild, zone.apex}),
              HasSubstr("no NSEC record denies the wildcard"));
  EXPECT_EQ(zone.denied("b.wild.example.", "A", 0, {zone.wild}), "secure");
  EXPECT_THAT(zone.denied("b.wild.example.", "TXT", 0, {zone.wild}),
              HasSubstr("no NSEC record says that the wildcard lacks the type"));
  // The wildcard's record alone, where nothing says that the name itself is not there.
  const Draft narrow = nsec(zone.key, "*.wild.example.", "a.wild.example.", "TXT NSEC");
  EXPECT_THAT(zone.denied("b.wild.example.", "A", 0, {narrow}),
              HasSubstr("no NSEC record says what the name has"));
}

TEST(Nsec, AnotherWildcardThanTheClosestEnclosers) {
  Zone zone;
  const Draft far = nsec(zone.key, "*.example.", "a.example.", "TXT RRSIG NSEC");
  const Draft cover = nsec(zone.key, "a.wild.example.", "c.wild.example.", "A NSEC");
  EXPECT_THAT(zone.denied("b.wild.example.", "A", 0, {far, cover}),
              HasSubstr("no NSEC record says that the wildcard lacks the type"));
}

TEST(Nsec, OfAnAncestorDelegation_Rfc6840s4_1) {
  Zone zone;
  const Draft delegated =
      nsec(zone.key, "cut.example.", "z.example.", "NS DS RRSIG NSEC");
  EXPECT_THAT(zone.denied("host.cut.example.", "A", 3, {delegated, zone.apex}),
              HasSubstr("no NSEC record denies the name"));
  EXPECT_THAT(zone.denied("cut.example.", "A", 0, {delegated}),
              HasSubstr("does not deny the type"));
  const Draft below = nsec(zone.key, "cut.example.", "x.host.cut.example.", "NS DS NSEC");
  EXPECT_THAT(zone.denied("host.cut.example.", "A", 0, {below}), HasSubstr("bogus"));
}

TEST(Nsec, BelowADelegationWithoutKeysAllIsInsecure) {
  Zone zone;
  EXPECT_EQ(
      zone.denied("host.cut.example.", "A", 0, {zone.cut}),
      "insecure: host.cut.example A: it is in a zone that is delegated without keys");
}

TEST(Nsec, OfAnAncestorDname_Rfc6840s4_1) {
  Zone zone;
  const Draft dname = nsec(zone.key, "dname.example.", "z.example.", "DNAME RRSIG NSEC");
  EXPECT_THAT(zone.denied("host.dname.example.", "A", 3, {dname, zone.apex}),
              HasSubstr("no NSEC record denies the name"));
}

TEST(Nsec, WhoseOwnerCameFromAWildcard_Cve2017_15105) {
  Zone zone;
  const Draft expanded =
      nsec(zone.key, "*.wild.example.", "z.example.", "TXT NSEC").at("b.wild.example.");
  EXPECT_THAT(zone.denied("c.wild.example.", "TXT", 3, {expanded, zone.apex}),
              HasSubstr("it comes from a wildcard, which its type must not"));
}

TEST(Nsec, OfAnotherZone) {
  Zone zone;
  const SigningKey& child = zone.add_zone("sub.example.");
  const Draft foreign = nsec(child, "sub.example.", "a.sub.example.", "NS SOA NSEC");
  EXPECT_EQ(zone.denied("sub.example.", "A", 0, {foreign}),
            "bogus: example SOA stands beside the answer, and no zone of it signed it");
  EXPECT_THAT(zone.denied("sub.example.", "DS", 0, {foreign}), HasSubstr("bogus"));
}

TEST(Nsec, SpoiltSignatures) {
  Zone zone;
  zone.a.signatures.front().back() ^= std::byte{1};
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {zone.a}),
              HasSubstr("bogus: a.example NSEC: its signature is wrong"));
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {zone.apex.without_signatures()}),
              HasSubstr("indeterminate"));
}

TEST(Nsec, PositiveWildcards_Rfc4035s5_3_4) {
  Zone zone;
  const Draft text = zone.key.sign(draft("*.wild.example.", "TXT", {"x"}));
  const auto told = [&](const std::string& name, const std::vector<Draft>& authority) {
    zone.answer(name, "TXT", 0, {text.at(name)}, authority);
    return zone.told(name, "TXT");
  };
  EXPECT_EQ(told("b.wild.example.", {zone.wild}), "secure");
  EXPECT_EQ(told("c.b.wild.example.", {zone.wild}), "secure");
  EXPECT_EQ(told("*.wild.example.", {}), "secure") << "asked for as it stands";
  EXPECT_THAT(told("b.wild.example.", {}), HasSubstr("no denial is there"));
  EXPECT_THAT(told("b.wild.example.", {zone.apex}),
              HasSubstr("no NSEC record denies the name that a wildcard gave"));
  const Draft closer = nsec(zone.key, "a.b.wild.example.", "d.b.wild.example.", "A NSEC");
  EXPECT_THAT(told("c.b.wild.example.", {closer}),
              HasSubstr("a name closer than the wildcard's exists"));
}

TEST(Nsec, AWildcardSignedTwiceInDifferentWays) {
  Zone zone;
  Draft text =
      zone.key.sign(draft("*.wild.example.", "TXT", {"x"})).at("b.wild.example.");
  text = zone.key.sign(text);
  zone.answer("b.wild.example.", "TXT", 0, {text}, {zone.wild});
  EXPECT_THAT(zone.told("b.wild.example.", "TXT"), HasSubstr("count different labels"));
}

TEST(Nsec, TheOnlyRecordOfAZone) {
  World world;
  const SigningKey& key = world.add_zone("one.");
  const Draft only = nsec(key, "one.", "one.", "NS SOA RRSIG NSEC DNSKEY");
  world.answer("a.one.", "A", 3, {}, {only});
  EXPECT_EQ(world.told("a.one.", "A"), "secure");
  world.answer("one.", "A", 0, {}, {only});
  EXPECT_EQ(world.told("one.", "A"), "secure");
}

TEST(Nsec, NextNamesInUpperCase_Rfc6840s5_1) {
  Zone zone;
  const Draft upper = nsec(zone.key, "a.example.", "CUT.Example.", "A RRSIG NSEC");
  EXPECT_EQ(zone.denied("b.example.", "A", 3, {upper, zone.apex}), "secure");
}

}  // namespace
}  // namespace evidence
