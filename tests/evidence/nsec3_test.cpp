// Denials by NSEC3. Each record of these tests says just one thing: that one name exists,
// or that one does not.
#include "src/evidence/nsec3.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using test::nsec3_at;
using test::nsec3_over;
using test::Nsec3Terms;
using test::SigningKey;
using test::World;
using testing::HasSubstr;

constexpr Nsec3Terms optional_delegations() {
  Nsec3Terms terms;
  terms.flags = 1;
  return terms;
}

struct Zone : World {
  const SigningKey& key = add_zone("example.");
  Draft apex = nsec3_at(key, "example.", "NS SOA DNSKEY RRSIG NSEC3PARAM");

  Zone() = default;
  std::string denied(const std::string& name, const std::string& type, int rcode,
                     const std::vector<Draft>& denials) {
    answer(name, type, rcode, {}, denials);
    return told(name, type);
  }
  [[nodiscard]] Draft at(const std::string& name, const std::string& types) const {
    return nsec3_at(key, name, types);
  }
  [[nodiscard]] Draft over(const std::string& name) const {
    return nsec3_over(key, name);
  }
  [[nodiscard]] Draft over_opted_out(const std::string& name) const {
    return nsec3_over(key, name, "A RRSIG", optional_delegations());
  }
};

TEST(Nsec3, NoData_Rfc5155s8_5) {
  Zone zone;
  const Draft a = zone.at("a.example.", "A RRSIG");
  EXPECT_EQ(zone.denied("a.example.", "AAAA", 0, {a}), "secure");
  EXPECT_THAT(zone.denied("a.example.", "A", 0, {a}),
              HasSubstr("the NSEC3 record of the name does not deny the type"));
  EXPECT_THAT(
      zone.denied("a.example.", "AAAA", 0, {zone.at("a.example.", "CNAME RRSIG")}),
      HasSubstr("does not deny the type"));
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {zone.apex}),
              HasSubstr("no NSEC3 records say what the name has"));
  EXPECT_EQ(zone.denied("empty.example.", "A", 0, {zone.at("empty.example.", "")}),
            "secure")
      << "an empty non-terminal has a record";
  EXPECT_THAT(zone.denied("empty.example.", "A", 3, {zone.at("empty.example.", "")}),
              HasSubstr("no NSEC3 records deny the name"));
}

TEST(Nsec3, NoName_Rfc5155s8_4) {
  Zone zone;
  const Draft next = zone.over("b.example.");
  const Draft wildcard = zone.over("*.example.");
  EXPECT_EQ(zone.denied("b.example.", "A", 3, {zone.apex, next, wildcard}), "secure");
  EXPECT_EQ(zone.denied("a.b.example.", "A", 3, {zone.apex, next, wildcard}), "secure");
  EXPECT_THAT(zone.denied("b.example.", "A", 3, {next, wildcard}),
              HasSubstr("no NSEC3 records deny the name"))
      << "no closest encloser";
  EXPECT_THAT(zone.denied("b.example.", "A", 3, {zone.apex, wildcard}),
              HasSubstr("no NSEC3 records deny the name"))
      << "no next closer name";
  EXPECT_THAT(zone.denied("b.example.", "A", 3, {zone.apex, next}),
              HasSubstr("no NSEC3 record denies the wildcard"));
}

TEST(Nsec3, TheNameItselfInPlaceOfTheNextCloser) {
  Zone zone;
  EXPECT_THAT(
      zone.denied("a.b.example.", "A", 3,
                  {zone.apex, zone.over("a.b.example."), zone.over("*.example.")}),
      HasSubstr("no NSEC3 records deny the name"));
}

TEST(Nsec3, OfAnAncestorDelegationOrDname_Rfc6840s4_1) {
  Zone zone;
  for (const std::string types : {"NS DS RRSIG", "DNAME RRSIG"}) {
    const Draft cut = zone.at("cut.example.", types);
    EXPECT_THAT(
        zone.denied("a.cut.example.", "A", 3,
                    {cut, zone.over("a.cut.example."), zone.over("*.cut.example.")}),
        HasSubstr("no NSEC3 records deny the name"));
  }
  EXPECT_THAT(
      zone.denied("cut.example.", "A", 0, {zone.at("cut.example.", "NS DS RRSIG")}),
      HasSubstr("does not deny the type"));
}

TEST(Nsec3, WildcardsWithoutTheType_Rfc5155s8_7) {
  Zone zone;
  const Draft next = zone.over("b.example.");
  EXPECT_EQ(zone.denied("b.example.", "A", 0,
                        {zone.apex, next, zone.at("*.example.", "TXT RRSIG")}),
            "secure");
  EXPECT_THAT(zone.denied("b.example.", "TXT", 0,
                          {zone.apex, next, zone.at("*.example.", "TXT RRSIG")}),
              HasSubstr("the wildcard's NSEC3 record does not deny the type"));
  EXPECT_THAT(zone.denied("b.example.", "A", 0, {zone.apex, next}),
              HasSubstr("no NSEC3 record says that a wildcard lacks the type"));
}

TEST(Nsec3, PositiveWildcards_Rfc5155s8_8) {
  Zone zone;
  const Draft text = zone.key.sign(draft("*.example.", "TXT", {"x"}));
  const auto told = [&](const std::vector<Draft>& authority) {
    zone.answer("a.b.example.", "TXT", 0, {text.at("a.b.example.")}, authority);
    return zone.told("a.b.example.", "TXT");
  };
  EXPECT_EQ(told({zone.over("b.example.")}), "secure");
  EXPECT_THAT(told({zone.over("a.b.example.")}),
              HasSubstr("no NSEC3 record denies a name closer than the wildcard"));
  EXPECT_THAT(told({zone.over_opted_out("b.example.")}),
              HasSubstr("insecure: a.b.example TXT: its zone leaves unsigned"));
}

TEST(Nsec3, OptOutProvesNoAbsence_Rfc5155s9_2) {
  Zone zone;
  const Draft next = zone.over_opted_out("b.example.");
  const Draft wildcard = zone.over("*.example.");
  const std::string insecure = "insecure: b.example A: its zone leaves unsigned";
  EXPECT_THAT(zone.denied("b.example.", "A", 3, {zone.apex, next, wildcard}),
              HasSubstr(insecure));
  EXPECT_THAT(zone.denied("b.example.", "A", 0, {zone.apex, next}), HasSubstr(insecure));
  EXPECT_THAT(
      zone.denied("b.example.", "A", 0, {zone.apex, next, zone.at("*.example.", "TXT")}),
      HasSubstr(insecure));
  EXPECT_THAT(zone.denied("b.example.", "DS", 0, {zone.apex, next}),
              HasSubstr("insecure"));
}

TEST(Nsec3, MoreThan150IterationsAreInsecure_Rfc9276s3_2) {
  Zone zone;
  Nsec3Terms terms;
  terms.iterations = 150;
  EXPECT_EQ(zone.denied("a.example.", "AAAA", 0,
                        {nsec3_at(zone.key, "a.example.", "A", terms)}),
            "secure");
  terms.iterations = 151;
  EXPECT_EQ(zone.denied("a.example.", "AAAA", 0,
                        {nsec3_at(zone.key, "a.example.", "A", terms)}),
            "insecure: a.example AAAA: its zone hashes names more than 150 times");
  Draft spoilt = nsec3_at(zone.key, "a.example.", "A", terms);
  spoilt.signatures.front().back() ^= std::byte{1};
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {spoilt}),
              HasSubstr("its signature is wrong"))
      << "only what is signed may say so";
}

TEST(Nsec3, HashesAndFlagsThatNobodyKnows_Rfc5155s8_1) {
  Zone zone;
  Nsec3Terms hash, flags;
  hash.hash = 2;
  flags.flags = 2;
  for (const Nsec3Terms& terms : {hash, flags}) {
    EXPECT_THAT(zone.denied("a.example.", "AAAA", 0,
                            {nsec3_at(zone.key, "a.example.", "A", terms)}),
                HasSubstr("no denial is there"));
  }
}

TEST(Nsec3, WhoseOwnerCameFromAWildcard) {
  Zone zone;
  const Draft a = zone.at("a.example.", "TXT");
  Draft made = a;
  made.signatures.clear();
  made = zone.key.sign(made.at("*.example.")).at(a.owner);
  EXPECT_THAT(zone.denied("a.example.", "AAAA", 0, {made}),
              HasSubstr("it comes from a wildcard, which its type must not"));
}

TEST(Nsec3, OfAnotherZone) {
  Zone zone;
  const SigningKey& child = zone.add_zone("sub.example.");
  // The child's records about a name of the parent, and the parent's about the child's.
  EXPECT_THAT(zone.denied("a.sub.example.", "A", 3,
                          {nsec3_at(zone.key, "sub.example.", "NS DS RRSIG"),
                           zone.over("a.sub.example."), zone.over("*.sub.example.")}),
              HasSubstr("no NSEC3 records deny the name"));
  const Draft low = nsec3_at(child, "a.example.", "TXT");
  EXPECT_THAT(zone.denied("a.example.", "A", 0, {low}), HasSubstr("indeterminate"));
  // Parts of two zones in one answer.
  EXPECT_THAT(zone.denied("b.sub.example.", "A", 3,
                          {nsec3_at(child, "sub.example.", "NS SOA"),
                           zone.over("b.sub.example."), zone.over("*.sub.example.")}),
              HasSubstr("no NSEC3 records deny the name"));
}

TEST(Nsec3, NoMoreHashesThanAllowed_Cve2023_50868) {
  Zone zone;
  std::string deep = "example.";
  for (int i = 0; i < 110; ++i) deep = "a." + deep;
  const std::vector<Draft> denials = {zone.apex, zone.over("a.example."),
                                      zone.over("*.example.")};
  EXPECT_EQ(zone.denied(deep, "A", 3, denials), "secure") << "each name once";
  zone.basis.bounds.hashes_a_question = 100;
  EXPECT_THAT(zone.denied(deep, "A", 3, denials), HasSubstr("more NSEC3 hashes than"));
  zone.basis.bounds.hashes_a_question = 160;
  zone.basis.bounds.hashes = 100;
  EXPECT_THAT(zone.denied(deep, "A", 3, denials), HasSubstr("more NSEC3 hashes than"));
}

}  // namespace
}  // namespace evidence
