// Chains of trust, and what an attacker would like to be one.
#include "src/evidence/zone_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using test::kNow;
using test::nsec;
using test::nsec3_at;
using test::nsec3_over;
using test::Nsec3Terms;
using test::SigningKey;
using test::World;
using testing::HasSubstr;
using testing::StartsWith;

Draft ds_set(const std::string& owner, const std::vector<base::Bytes>& records) {
  return {owner, test::type_number("DS"), 3600, records, {}};
}

Draft key_set(const std::string& owner, const std::vector<base::Bytes>& records) {
  return {owner, test::type_number("DNSKEY"), 3600, records, {}};
}

/// The zone `example.` and below it `sub.example.`, of which an unsigned and a signed
/// address are asked for.
struct Zone : World {
  const SigningKey& parent = add_zone("example.");
  const SigningKey& child = add_zone("sub.example.");

  Zone() {
    answer("plain.sub.example.", "A", 0,
           {draft("plain.sub.example.", "A", {"192.0.2.1"})});
    answer("host.sub.example.", "A", 0,
           {child.sign(draft("host.sub.example.", "A", {"192.0.2.1"}))});
  }
  /// What becomes of the unsigned address if this is said about DS.
  std::string plain(const std::vector<Draft>& denials, int rcode = 0) {
    answer("sub.example.", "DS", rcode, {}, denials);
    return told("plain.sub.example.", "A");
  }
  [[nodiscard]] std::string host() const { return told("host.sub.example.", "A"); }
  /// The delegation's DS records, and the child's keys.
  void delegate(const std::vector<base::Bytes>& ds) {
    answer("sub.example.", "DS", 0, {parent.sign(ds_set("sub.example.", ds))});
  }
};

TEST(ZoneWalk, ADelegationWithoutKeysIsInsecure_Rfc4035s5_2) {
  Zone zone;
  EXPECT_EQ(
      zone.plain({nsec(zone.parent, "sub.example.", "x.example.", "NS RRSIG NSEC")}),
      "insecure: sub.example is delegated without keys");
  EXPECT_EQ(zone.plain({nsec3_at(zone.parent, "sub.example.", "NS")}),
            "insecure: sub.example is delegated without keys");
  EXPECT_EQ(zone.host(), "insecure: sub.example is delegated without keys")
      << "whatever it signs itself";
}

TEST(ZoneWalk, WhatInsecurityRestsOnIsTold) {
  Zone zone;
  (void)zone.plain({nsec(zone.parent, "sub.example.", "x.example.", "NS RRSIG NSEC")});
  EXPECT_EQ(zone.judge("plain.sub.example.", "A").signatures.size(), 4U)
      << "the root's keys, DS and keys of the parent, the denial";
}

TEST(ZoneWalk, ALeftOutDsIsMissing) {
  Zone zone;
  zone.forget("sub.example.", "DS");
  EXPECT_EQ(zone.host(), "indeterminate: the answer to sub.example DS is missing");
  EXPECT_EQ(zone.told("plain.sub.example.", "A"),
            "indeterminate: the answer to sub.example DS is missing");
}

TEST(ZoneWalk, DenialsOfDsThatProveNothing) {
  Zone zone;
  const std::string bogus = "bogus: sub.example DS: ";
  EXPECT_EQ(zone.plain({nsec(zone.parent, "sub.example.", "x.example.", "NS DS RRSIG")}),
            bogus + "the NSEC record says that there are DS records");
  EXPECT_EQ(zone.plain({nsec3_at(zone.parent, "sub.example.", "NS DS RRSIG")}),
            bogus + "the NSEC3 record says that there are DS records");
  EXPECT_EQ(zone.plain({nsec(zone.parent, "sub.example.", "x.example.", "NS SOA RRSIG")}),
            bogus + "the NSEC record is the child's, not the parent's");
  EXPECT_EQ(zone.plain({nsec3_at(zone.parent, "sub.example.", "NS SOA RRSIG")}),
            bogus + "the NSEC3 record is the child's, not the parent's");
  EXPECT_EQ(zone.plain({}), bogus + "no denial is there");
  EXPECT_EQ(zone.plain({nsec(zone.parent, "x.example.", "z.example.", "A RRSIG NSEC")}),
            bogus + "no NSEC record says what is at the delegation");
  EXPECT_EQ(zone.plain({nsec(zone.parent, "a.example.", "z.example.", "A RRSIG NSEC"),
                        nsec(zone.parent, "example.", "a.example.", "NS SOA NSEC")},
                       3),
            bogus + "no NSEC record says what is at the delegation");
}

TEST(ZoneWalk, TheChildCannotDenyItsOwnDs_Rfc6840s4_4) {
  Zone zone;
  EXPECT_EQ(zone.plain({nsec(zone.child, "sub.example.", "a.sub.example.", "NS RRSIG")}),
            "bogus: sub.example DS: it has denials of another zone");
  EXPECT_EQ(zone.plain({nsec3_at(zone.child, "sub.example.", "NS RRSIG")}),
            "bogus: sub.example DS: it has denials of another zone");
}

TEST(ZoneWalk, SpoiltDenialsOfDs) {
  Zone zone;
  Draft denial = nsec(zone.parent, "sub.example.", "x.example.", "NS RRSIG NSEC");
  denial.signatures.front().back() ^= std::byte{1};
  EXPECT_EQ(zone.plain({denial}), "bogus: sub.example NSEC: its signature is wrong");
  EXPECT_EQ(zone.plain({denial.without_signatures()}),
            "bogus: sub.example DS: it has denials of another zone");
}

// As libunbound does. Whoever asks for the DS records themselves is told all of it.
TEST(ZoneWalk, OnTheWayToAZoneTheDenialsCountAlone) {
  Zone zone;
  const Draft denial = nsec(zone.parent, "sub.example.", "z.example.", "NS RRSIG NSEC");
  Draft soa = zone.parent.sign(draft("example.", "SOA", {". . 1 2 3 4 5"}));
  soa.signatures.front().back() ^= std::byte{1};
  EXPECT_EQ(zone.plain({denial, soa}), "insecure: sub.example is delegated without keys");
  EXPECT_THAT(zone.told("sub.example.", "DS"), StartsWith("bogus: example SOA: "));
}

TEST(ZoneWalk, AnNsec3RecordWithoutSignatureSpoilsTheDenial) {
  Zone zone;
  const Draft denial = nsec3_at(zone.parent, "sub.example.", "NS");
  const Draft other = nsec3_over(zone.parent, "other.example.");
  EXPECT_THAT(zone.plain({denial, other}), StartsWith("insecure"));
  EXPECT_THAT(zone.plain({denial, other.without_signatures()}), HasSubstr("not signed"));
}

TEST(ZoneWalk, AnswersAboutDsOfAnotherShape) {
  Zone zone;
  const Draft denial = nsec(zone.parent, "sub.example.", "x.example.", "NS RRSIG NSEC");
  zone.answer("sub.example.", "DS", 0, {denial}, {denial});
  EXPECT_EQ(zone.host(), "bogus: sub.example DS: it has other records");
  zone.answer("sub.example.", "DS", 2, {}, {denial});
  EXPECT_EQ(zone.host(), "bogus: sub.example DS: the response code is 2");
  zone.answer("sub.example.", "DS", 3,
              {zone.parent.sign(ds_set("sub.example.", {zone.child.ds(2)}))});
  EXPECT_EQ(zone.host(), "bogus: sub.example DS: the response code is 3");
}

TEST(ZoneWalk, OptOut_Rfc5155s6) {
  Zone zone;
  Nsec3Terms out;
  out.flags = 1;
  const Draft apex = nsec3_at(zone.parent, "example.", "NS SOA RRSIG");
  EXPECT_EQ(zone.plain({apex, nsec3_over(zone.parent, "sub.example.", "A", out)}),
            "insecure: sub.example is delegated without keys");
  EXPECT_EQ(
      zone.plain({apex, nsec3_over(zone.parent, "sub.example.")}),
      "bogus: sub.example DS: the NSEC3 record over the delegation does not opt out");
  EXPECT_EQ(zone.plain({nsec3_over(zone.parent, "sub.example.", "A", out)}),
            "bogus: sub.example DS: no NSEC3 records say what is at the delegation");
}

TEST(ZoneWalk, TooManyIterationsAreInsecure) {
  Zone zone;
  Nsec3Terms many;
  many.iterations = 151;
  EXPECT_THAT(zone.plain({nsec3_at(zone.parent, "sub.example.", "A", many)}),
              StartsWith("insecure"));
}

TEST(ZoneWalk, NamesThatAreNoZone) {
  World world;
  const SigningKey& key = world.add_zone("example.");
  const std::string plain =
      "bogus: a.b.example A: nothing is signed, and its zone example is";
  world.answer("a.b.example.", "A", 0, {draft("a.b.example.", "A", {"192.0.2.1"})});
  world.answer("a.b.example.", "DS", 0, {},
               {nsec(key, "a.b.example.", "z.example.", "A RRSIG NSEC")});
  world.answer("b.example.", "DS", 0, {},
               {nsec(key, "example.", "a.b.example.", "NS SOA RRSIG NSEC")});
  EXPECT_EQ(world.told("a.b.example.", "A"), plain) << "an empty non-terminal";
  world.answer("b.example.", "DS", 0, {}, {nsec3_at(key, "b.example.", "TXT")});
  EXPECT_EQ(world.told("a.b.example.", "A"), plain);
  world.answer("b.example.", "DS", 0,
               {key.sign(draft("b.example.", "CNAME", {"c.example."}))});
  EXPECT_EQ(world.told("a.b.example.", "A"), plain) << "an alias is no zone cut";
  world.answer("b.example.", "DS", 3,
               {key.sign(draft("b.example.", "CNAME", {"c.example."}))});
  EXPECT_EQ(world.told("a.b.example.", "A"), plain)
      << "c.example is not there (RFC 6604)";
  Draft forged = key.sign(draft("b.example.", "CNAME", {"c.example."}));
  forged.signatures.front().back() ^= std::byte{1};
  world.answer("b.example.", "DS", 0, {forged});
  EXPECT_EQ(world.told("a.b.example.", "A"),
            "bogus: b.example CNAME: its signature is wrong");
}

TEST(ZoneWalk, DsRecordsMustBeTheParents) {
  Zone zone;
  const base::Bytes ds = zone.child.ds(2);
  zone.answer("sub.example.", "DS", 0, {zone.child.sign(ds_set("sub.example.", {ds}))});
  EXPECT_EQ(zone.host(), "bogus: sub.example DS: its signature is another zone's");
  zone.answer("sub.example.", "DS", 0, {ds_set("sub.example.", {ds})});
  EXPECT_EQ(zone.host(), "bogus: sub.example DS: it has no signature");
  zone.answer("sub.example.", "DS", 0,
              {zone.parent.sign(ds_set("*.example.", {ds})).at("sub.example.")});
  EXPECT_THAT(zone.host(), HasSubstr("it comes from a wildcard"));
}

TEST(ZoneWalk, AKeyThatNoDsNames) {
  Zone zone;
  const SigningKey other("sub.example.", 13);
  zone.answer("sub.example.", "DNSKEY", 0,
              {other.sign(key_set("sub.example.", {other.dnskey()}))});
  EXPECT_EQ(zone.host(), "bogus: sub.example DNSKEY: no key is one that is trusted");
  // The right key is there, and has not signed.
  zone.answer(
      "sub.example.", "DNSKEY", 0,
      {other.sign(key_set("sub.example.", {other.dnskey(), zone.child.dnskey()}))});
  EXPECT_THAT(zone.host(), HasSubstr("sub.example DNSKEY: no key of its zone is named"));
  zone.answer("sub.example.", "DNSKEY", 0, {});
  EXPECT_EQ(zone.host(), "bogus: sub.example DNSKEY: there are no keys");
}

TEST(ZoneWalk, KeysThatAreNoZoneKeys_Rfc4034s2_1_1) {
  Zone zone;
  base::Bytes no_flag = zone.child.dnskey();
  no_flag[0] = std::byte{0};
  zone.answer("sub.example.", "DNSKEY", 0,
              {zone.child.sign(key_set("sub.example.", {no_flag}))});
  EXPECT_THAT(zone.host(), HasSubstr("no key is one that is trusted"));
  base::Bytes protocol = zone.child.dnskey();
  protocol[2] = std::byte{4};
  zone.answer("sub.example.", "DNSKEY", 0,
              {zone.child.sign(key_set("sub.example.", {protocol}))});
  EXPECT_THAT(zone.host(), HasSubstr("no key is one that is trusted"));
}

TEST(ZoneWalk, AlgorithmsAndDigestsThatNobodyKnowsAreInsecure_Rfc4035s5_2) {
  Zone zone;
  const std::string insecure =
      "insecure: sub.example is signed by algorithms that nobody knows";
  base::Bytes algorithm = zone.child.ds(2);
  algorithm[2] = std::byte{250};
  base::Bytes digest = zone.child.ds(2);
  digest[3] = std::byte{3};
  zone.delegate({algorithm});
  EXPECT_EQ(zone.host(), insecure);
  zone.delegate({algorithm, digest});
  EXPECT_EQ(zone.host(), insecure);
  zone.delegate({algorithm, zone.child.ds(2)});
  EXPECT_EQ(zone.host(), "secure") << "one that is known is enough";
  const SigningKey other("sub.example.", 13);
  zone.delegate({algorithm, other.ds(2)});
  EXPECT_THAT(zone.host(), StartsWith("bogus")) << "and must be right";
  zone.answer("sub.example.", "DS", 0, {ds_set("sub.example.", {algorithm})});
  EXPECT_THAT(zone.host(), StartsWith("bogus")) << "only the parent may say so";
}

TEST(ZoneWalk, Sha1BesideAStrongerDigestIsNotLookedAt_Rfc4509s3) {
  Zone zone;
  zone.delegate({zone.child.ds(1)});
  EXPECT_EQ(zone.host(), "secure");
  const SigningKey other("sub.example.", 13);
  zone.delegate({zone.child.ds(1), other.ds(2)});
  EXPECT_THAT(zone.host(), HasSubstr("no key is one that is trusted"));
  zone.delegate({zone.child.ds(4), other.ds(2)});
  EXPECT_EQ(zone.host(), "secure") << "one of the others is enough";
}

TEST(ZoneWalk, TooManyDsRecordsThatFitNoKey) {
  Zone zone;
  std::vector<base::Bytes> wrong;
  for (unsigned char i = 0; i < 5; ++i) {
    base::Bytes ds = zone.child.ds(2);
    ds.back() ^= std::byte{0xff};
    ds[4] = std::byte{i};
    wrong.push_back(ds);
  }
  zone.delegate(wrong);
  EXPECT_EQ(zone.host(),
            "bogus: sub.example DNSKEY: too many keys are named by DS records "
            "and do not fit");
}

/// Keys with the tag of another one: what one octet has more, another one has less.
std::vector<base::Bytes> keys_of_one_tag(const SigningKey& key, std::size_t count) {
  std::vector<base::Bytes> out;
  for (std::size_t at = 10; out.size() < count && at + 2 < key.dnskey().size(); at += 2) {
    base::Bytes made = key.dnskey();
    if (made[at] == std::byte{0xff} || made[at + 2] == std::byte{0}) continue;
    made[at] = static_cast<std::byte>(std::to_integer<int>(made[at]) + 1);
    made[at + 2] = static_cast<std::byte>(std::to_integer<int>(made[at + 2]) - 1);
    out.push_back(std::move(made));
  }
  return out;
}

TEST(ZoneWalk, KeysOfOneTag_Cve2023_50387) {
  Zone zone;
  auto keys = keys_of_one_tag(zone.child, 4);
  ASSERT_EQ(keys.size(), 4U);
  keys.push_back(zone.child.dnskey());
  zone.answer("sub.example.", "DNSKEY", 0,
              {zone.child.sign(key_set("sub.example.", keys))});
  Draft host = zone.child.sign(draft("host.sub.example.", "A", {"192.0.2.1"}));
  host.signatures.front().back() ^= std::byte{1};
  zone.answer("host.sub.example.", "A", 0, {host});
  EXPECT_EQ(zone.host(),
            "bogus: host.sub.example A: its zone has too many keys of one tag");
}

TEST(ZoneWalk, NoMoreSignatureChecksThanAllowed_Cve2023_50387) {
  Zone zone;
  Draft host = zone.child.sign(draft("host.sub.example.", "A", {"192.0.2.1"}));
  const base::Bytes good = host.signatures.front();
  host.signatures.clear();
  for (unsigned i = 1; i <= 70; ++i) {
    base::Bytes wrong = good;
    wrong.back() ^= static_cast<std::byte>(i);
    host.signatures.push_back(std::move(wrong));
  }
  zone.answer("host.sub.example.", "A", 0, {host});
  EXPECT_EQ(zone.host(),
            "bogus: host.sub.example A: it takes more signature checks than are allowed");
  zone.answer("host.sub.example.", "A", 0,
              {zone.child.sign(draft("host.sub.example.", "A", {"192.0.2.1"}))});
  EXPECT_EQ(zone.host(), "secure");
  zone.basis.bounds.checks = 2;
  EXPECT_THAT(zone.host(), HasSubstr("more signature checks than are allowed"));
}

TEST(ZoneWalk, AnchorsAsDsAndAsDnskey) {
  World world;
  const std::string ds = world.zone(".").text(true);
  const std::string key = world.zone(".").text(false);
  const auto told = [&](std::vector<RootAnchor> anchors) {
    world.basis.anchors = std::move(anchors);
    return world.told(".", "DNSKEY");
  };
  EXPECT_EQ(told({{ds, {}, {}}}), "secure");
  EXPECT_EQ(told({{key, {}, {}}}), "secure");
  EXPECT_EQ(told({{"; a comment\n" + key + ds, {}, {}}}), "secure");
  EXPECT_EQ(told({}), "bogus: no trust anchor of the root can be used");
  EXPECT_EQ(told({{"nothing", {}, {}}}),
            "bogus: no trust anchor of the root can be used");
  EXPECT_EQ(told({{SigningKey("example.", 13).text(true), {}, {}}}),
            "bogus: no trust anchor of the root can be used");
  EXPECT_EQ(told({{SigningKey(".", 13).text(true), {}, {}}}),
            "bogus: . DNSKEY: no key is one that is trusted");
  EXPECT_EQ(told({{SigningKey(".", 13).text(false), {}, {}}, {ds, {}, {}}}), "secure");
}

TEST(ZoneWalk, RetiredAnchorsVouchForNothing_Rfc9718) {
  World world;
  const std::string ds = world.zone(".").text(true);
  const auto told = [&](std::optional<std::chrono::sys_seconds> from,
                        std::optional<std::chrono::sys_seconds> until) {
    world.basis.anchors = {{ds, from, until}};
    return world.told(".", "DNSKEY");
  };
  using std::chrono::seconds;
  const std::string refused =
      "bogus: no trust anchor of the root is valid at that moment";
  EXPECT_EQ(told({}, kNow), refused);
  EXPECT_EQ(told({}, kNow + seconds(1)), "secure");
  EXPECT_EQ(told(kNow + seconds(1), {}), refused);
  EXPECT_EQ(told(kNow, {}), "secure");
}

/// The key of the root from 2010 to 2018.
constexpr const char* kKey19036 =
    "257 3 8 AwEAAagAIKlVZrpC6Ia7gEzahOR+9W29euxhJhVVLOyQbSEW0O8gcCjFFVQUTf6v58fLjwBd0YI0"
    "EzrAcQqBGCzh/RStIoO8g0NfnfL2MTJRkxoXbfDaUeVPQuYEhg37NZWAJQ9VnMVDxP/VHL496M/QZxkjf5/E"
    "fucp2gaDX6RS6CXpoY68LsvPVjR0ZSwzz1apAzvN9dlzEheX7ICJBBtuA6G3LQpzW5hOA2hzCTMjJPJ8LbqF"
    "6dsV6DoBQzgul0sGIcGOYl7OyQdXfZ57relSQageu+ipAdTTJ25AsRTAoub8ONGcLmqrAmRLKBP1dfwhYB4N"
    "7knNnulqQxA+Uk1ihz0=";

TEST(ZoneWalk, TheRootsKeysCountBetweenTheirDates_Rfc9718) {
  World world;
  world.answer(".", "DNSKEY", 0, {draft(".", "DNSKEY", {kKey19036})});
  using std::chrono::sys_days;
  using namespace std::chrono_literals;
  const auto told = [&](std::chrono::sys_seconds moment, const std::string& anchor) {
    world.basis.moment = moment;
    world.basis.anchors = {{anchor, {}, {}}};
    return world.told(".", "DNSKEY");
  };
  const std::string key = std::string(". IN DNSKEY ") + kKey19036 + "\n";
  const std::string ds =
      ". IN DS 19036 8 2 "
      "49AAC11D7B6F6446702E54A1607371607A1A41855200FD2CE1CDDE32F24E8FB5\n";
  const std::string counts = "bogus: . DNSKEY: it has no signature";
  const std::string early =
      "bogus: . DNSKEY: the root's key 19036 counts from 2010-07-15T00:00:00Z";
  const std::string late =
      "bogus: . DNSKEY: the root's key 19036 was retired 2019-01-11T00:00:00Z";
  for (const std::string& anchor : {key, ds}) {
    EXPECT_EQ(told(sys_days(2010y / 7 / 14), anchor), early);
    EXPECT_EQ(told(sys_days(2010y / 7 / 15), anchor), counts);
    EXPECT_EQ(told(sys_days(2019y / 1 / 10), anchor), counts);
    EXPECT_EQ(told(sys_days(2019y / 1 / 11), anchor), late);
    EXPECT_EQ(told(kNow, anchor), late);
  }
}

}  // namespace
}  // namespace evidence
