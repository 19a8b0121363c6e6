// Answers that lead elsewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using test::nsec;
using test::nsec3_at;
using test::SigningKey;
using test::World;
using testing::HasSubstr;
using testing::StartsWith;

/// `www.example.` is an alias of `host.other.`, and `plain.` has no keys.
struct Zones : World {
  const SigningKey& key = add_zone("example.");
  const SigningKey& other = add_zone("other.");
  Draft alias = key.sign(draft("www.example.", "CNAME", {"host.other."}));
  Draft address = other.sign(draft("host.other.", "A", {"192.0.2.1"}));

  Zones() {
    answer("host.other.", "A", 0, {address});
    answer("plain.", "DS", 0, {}, {nsec(zone("."), "plain.", "zz.", "NS RRSIG NSEC")});
  }
  std::string www(const std::vector<Draft>& records,
                  const std::vector<Draft>& authority = {}, int rcode = 0) {
    answer("www.example.", "A", rcode, records, authority);
    return told("www.example.", "A");
  }
};

TEST(Aliases, AcrossZones) {
  Zones zones;
  EXPECT_EQ(zones.www({zones.alias, zones.address}), "secure");
  EXPECT_EQ(zones.www({zones.alias}), "secure") << "the target has its own answer";
  zones.forget("host.other.", "A");
  EXPECT_EQ(zones.www({zones.alias}),
            "indeterminate: the answer to host.other A is missing");
}

TEST(Aliases, TheLeastTrustedPartCounts) {
  Zones zones;
  const Draft to_plain = zones.key.sign(draft("www.example.", "CNAME", {"a.plain."}));
  const Draft plain = draft("a.plain.", "A", {"192.0.2.1"});
  EXPECT_THAT(zones.www({to_plain, plain}), StartsWith("insecure: plain is delegated"));
  const Draft from_plain = draft("a.plain.", "CNAME", {"host.other."});
  zones.answer("a.plain.", "A", 0, {from_plain, zones.address});
  EXPECT_THAT(zones.told("a.plain.", "A"), StartsWith("insecure: plain is delegated"));
  Draft spoilt = zones.address;
  spoilt.records.front().back() = std::byte{9};
  zones.answer("a.plain.", "A", 0, {from_plain, spoilt});
  EXPECT_EQ(zones.told("a.plain.", "A"), "bogus: host.other A: its signature is wrong");
  EXPECT_EQ(zones.www({zones.alias, spoilt}),
            "bogus: host.other A: its signature is wrong");
}

TEST(Aliases, ATargetBesideTheDenialOfItsKeys) {
  Zones zones;
  const Draft to_plain = zones.key.sign(draft("www.example.", "CNAME", {"a.plain."}));
  const Draft to_other = zones.key.sign(draft("www.example.", "CNAME", {"a.other."}));
  const SigningKey& root = zones.zone(".");
  const Draft apex = draft("plain.", "SOA", {". . 1 2 3 4 5"});
  for (const Draft& no_ds : {nsec(root, "plain.", "zz.", "NS RRSIG NSEC"),
                             nsec3_at(root, "plain.", "NS RRSIG")}) {
    EXPECT_THAT(zones.www({to_plain}, {no_ds}), StartsWith("insecure"));
    EXPECT_THAT(zones.www({to_plain}, {no_ds, apex}), StartsWith("insecure"));
    EXPECT_THAT(zones.www({to_other}, {no_ds}), StartsWith("bogus"));
  }
}

TEST(Aliases, ASplicedTargetDoesNotBelong) {
  Zones zones;
  const Draft spliced = zones.other.sign(draft("evil.other.", "A", {"192.0.2.66"}));
  EXPECT_EQ(zones.www({zones.alias, zones.address, spliced}),
            "bogus: evil.other A does not belong to the answer");
  EXPECT_EQ(zones.www({zones.alias, spliced}),
            "bogus: evil.other A does not belong to the answer");
}

TEST(Aliases, Circles) {
  Zones zones;
  const Draft back = zones.key.sign(draft("w.example.", "CNAME", {"www.example."}));
  const Draft there = zones.key.sign(draft("www.example.", "CNAME", {"w.example."}));
  EXPECT_THAT(zones.www({back, there}), HasSubstr("round in a circle"));
  zones.answer("w.example.", "A", 0, {back});
  EXPECT_THAT(zones.www({there}), HasSubstr("round in a circle"));
}

TEST(Aliases, CirclesThatNobodySigned) {
  Zones zones;
  zones.answer("a.plain.", "A", 0, {draft("a.plain.", "CNAME", {"a.plain."})});
  EXPECT_THAT(zones.told("a.plain.", "A"), StartsWith("insecure: plain is delegated"));
  const Draft to_it = zones.key.sign(draft("www.example.", "CNAME", {"a.plain."}));
  EXPECT_THAT(zones.www({to_it, draft("a.plain.", "CNAME", {"www.example."})}),
              StartsWith("insecure"));
}

TEST(Aliases, TwoTargets) {
  Zones zones;
  const Draft two =
      zones.key.sign(draft("www.example.", "CNAME", {"host.other.", "evil.other."}));
  EXPECT_EQ(zones.www({two, zones.address}),
            "bogus: www.example CNAME: it has no one target");
}

TEST(Aliases, ThatLeadToNothing) {
  Zones zones;
  const Draft denial = nsec(zones.other, "host.other.", "z.other.", "TXT RRSIG NSEC");
  const Draft apex = nsec(zones.other, "other.", "host.other.", "NS SOA RRSIG NSEC");
  EXPECT_EQ(zones.www({zones.alias}, {denial}), "secure");
  EXPECT_EQ(zones.www({zones.alias}, {denial}, 3), "secure")
      << "the code may be about either end";
  const Draft lost = zones.key.sign(draft("www.example.", "CNAME", {"x.other."}));
  EXPECT_EQ(zones.www({lost}, {denial, apex}, 3), "secure");
  EXPECT_EQ(zones.www({lost}, {denial, apex}, 0), "secure") << "RFC 6604 3";
  EXPECT_THAT(zones.www({lost}, {denial}, 3),
              HasSubstr("x.other A: no NSEC record denies the wildcard"));
}

// Beside what is signed an alias's own answer is all there is of a target that failed.
TEST(Aliases, ToANameWhoseServersFail) {
  Zones zones;
  const Draft to_plain = zones.key.sign(draft("www.example.", "CNAME", {"a.plain."}));
  const Draft denial = nsec(zones.other, "host.other.", "z.other.", "TXT RRSIG NSEC");
  zones.answer("a.plain.", "A", 2, {});
  EXPECT_THAT(zones.www({to_plain}), StartsWith("insecure"));
  zones.answer("host.other.", "A", 2, {});
  zones.answer("host.other.", "DS", 0, {}, {denial});
  EXPECT_THAT(zones.www({zones.alias}), StartsWith("bogus: host.other A: nothing is"));
  EXPECT_EQ(zones.www({zones.alias}, {denial}), "secure");
}

TEST(Aliases, FromAWildcardNeedTheNextCloserDenied) {
  Zones zones;
  const Draft wild =
      zones.key.sign(draft("*.example.", "CNAME", {"host.other."})).at("www.example.");
  EXPECT_THAT(zones.www({wild, zones.address}),
              HasSubstr("www.example CNAME: no denial"));
  const Draft next = nsec(zones.key, "a.example.", "z.example.", "A RRSIG NSEC");
  EXPECT_EQ(zones.www({wild, zones.address}, {next}), "secure");
}

TEST(Aliases, ACnameThatIsAskedForIsNotFollowed) {
  Zones zones;
  zones.answer("www.example.", "CNAME", 0, {zones.alias});
  EXPECT_EQ(zones.told("www.example.", "CNAME"), "secure");
}

struct Dname : Zones {
  Draft dname = key.sign(draft("d.example.", "DNAME", {"other."}));
  Draft made = draft("host.d.example.", "CNAME", {"host.other."});

  std::string host(const std::vector<Draft>& records) {
    answer("host.d.example.", "A", 0, records);
    return told("host.d.example.", "A");
  }
};

TEST(Aliases, DnameMakesThem_Rfc6672) {
  Dname zones;
  EXPECT_EQ(zones.host({zones.dname, zones.made, zones.address}), "secure");
  EXPECT_EQ(zones.host({zones.dname, zones.address}), "secure");
  zones.answer("host.d.example.", "CNAME", 0, {zones.dname, zones.made});
  EXPECT_EQ(zones.told("host.d.example.", "CNAME"), "secure");
  zones.answer("d.example.", "DNAME", 0, {zones.dname});
  EXPECT_EQ(zones.told("d.example.", "DNAME"), "secure");
}

TEST(Aliases, WhatADnameDoesNotMake) {
  Dname zones;
  const Draft evil = draft("host.d.example.", "CNAME", {"evil.other."});
  EXPECT_EQ(zones.host({zones.dname, evil, zones.address}),
            "bogus: host.d.example CNAME: it is not what the DNAME of d.example makes");
  EXPECT_THAT(zones.host({zones.made, zones.address}), StartsWith("indeterminate"));
  Draft spoilt = zones.dname;
  spoilt.records = draft("d.example.", "DNAME", {"evil."}).records;
  EXPECT_EQ(zones.host({spoilt, zones.made, zones.address}),
            "bogus: d.example DNAME: its signature is wrong");
  const Draft wild =
      zones.key.sign(draft("*.example.", "DNAME", {"other."})).at("d.example.");
  EXPECT_THAT(zones.host({wild, zones.made, zones.address}),
              HasSubstr("it comes from a wildcard, which its type must not"));
}

}  // namespace
}  // namespace evidence
