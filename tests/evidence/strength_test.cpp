#include "src/evidence/strength.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using test::draft;
using test::Draft;
using test::kDay;
using test::kToday;
using test::World;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

sys_seconds at(std::uint32_t moment) { return sys_seconds(seconds(moment)); }

TEST(Strength, TheWindowOfAllSignatures) {
  World world;
  const auto& key = world.add_zone("example.", 8, 2048);
  world.answer("www.example.", "A", 0,
               {key.sign(draft("www.example.", "A", {"192.0.2.1"}),
                         {.inception = kToday - 4 * kDay, .expiration = kToday + kDay})});
  const auto window = signed_window(world.judge());
  ASSERT_TRUE(window);
  EXPECT_EQ(window->from, at(kToday - 4 * kDay));
  EXPECT_EQ(window->until, at(kToday + kDay));
  EXPECT_EQ(window->narrowest.owner.text(), "www.example");
  EXPECT_EQ(window->narrowest.type, 1);
  EXPECT_EQ(window->least_rsa_bits, 2048U);
  EXPECT_FALSE(window->sha1);
}

TEST(Strength, WhatIsNotTrustedDoesNotCount) {
  World world;
  const auto& key = world.add_zone("example.");
  Draft spoilt =
      key.sign(draft("www.example.", "A", {"192.0.2.1"}), {.expiration = kToday + kDay});
  spoilt.records.front().back() = std::byte{7};
  world.answer("www.example.", "A", 0, {spoilt});
  const auto window = signed_window(world.judge());
  ASSERT_TRUE(window);
  EXPECT_EQ(window->until, at(kToday + 9 * kDay));
  EXPECT_FALSE(window->least_rsa_bits);
  world.basis.anchors.clear();
  EXPECT_FALSE(signed_window(world.judge()));
}

TEST(Strength, Sha1InSignaturesAndDs) {
  World signatures;
  signatures.add_zone("example.", 7, 1024);
  EXPECT_TRUE(signed_window(signatures.judge())->sha1);
  EXPECT_EQ(signed_window(signatures.judge())->least_rsa_bits, 1024U);
  World delegations;
  const auto& key = delegations.add_zone("example.");
  EXPECT_FALSE(signed_window(delegations.judge())->sha1);
  delegations.answer("example.", "DS", 0,
                     {delegations.zone(".").sign(
                         {"example.", test::type_number("DS"), 3600, {key.ds(1)}, {}})});
  EXPECT_EQ(delegations.told("example.", "DNSKEY"), "secure");
  EXPECT_TRUE(signed_window(delegations.judge())->sha1);
}

TEST(Strength, Nsec3HashesAreNoWeakness) {
  World world;
  const auto& key = world.add_zone("example.");
  world.answer("a.example.", "A", 0, {}, {test::nsec3_at(key, "a.example.", "TXT")});
  EXPECT_EQ(world.told("a.example.", "A"), "secure");
  EXPECT_FALSE(signed_window(world.judge())->sha1);
}

TEST(Strength, InWords) {
  SignedWindow window;
  window.from = at(kToday);
  window.until = at(kToday + kDay);
  window.narrowest.owner = dns::Name::from_dns("www.example.").value();
  window.narrowest.type = 1;
  EXPECT_THAT(words_of({}), ElementsAre(HasSubstr("proves nothing")));
  Strength strength;
  strength.p0 = window;
  EXPECT_THAT(
      words_of(strength),
      ElementsAre("Each record that it rests on was signed so that it counts at some "
                  "time from 2027-01-15T08:00:00Z to 2027-01-16T08:00:00Z.",
                  "The signature that ends first is over www.example A.",
                  HasSubstr("Nothing says when in that time")));
  strength.peers = 1;
  EXPECT_THAT(words_of(strength), testing::Contains(HasSubstr("1 peer signed after")));
  EXPECT_THAT(words_of(strength),
              testing::Contains(HasSubstr("Nobody says before when")));
  strength.witnessed = at(kToday + 60);
  EXPECT_THAT(words_of(strength),
              testing::Contains(HasSubstr("before 2027-01-15T08:01:00Z")));
  strength.peers.reset();
  EXPECT_THAT(words_of(strength),
              testing::Contains("No peer signed after these records were there."))
      << "a witness without a signature after the records proves less";
  strength.p0->least_rsa_bits = 1024;
  strength.p0->sha1 = true;
  EXPECT_THAT(words_of(strength),
              testing::Contains(HasSubstr("1024 bits, which is short")));
  EXPECT_THAT(words_of(strength), testing::Contains(HasSubstr("SHA-1")));
  strength.p0->from = at(kToday + 2 * kDay);
  EXPECT_THAT(words_of(strength), testing::Contains(HasSubstr("There is no moment")));
}

TEST(Strength, InThreeLines) {
  EXPECT_THAT(summary_of({}), ElementsAre("none: nothing in it is signed"));
  SignedWindow window;
  window.from = at(kToday);
  window.until = at(kToday + kDay);
  window.narrowest.owner = dns::Name::from_dns("www.example.").value();
  window.narrowest.type = 1;
  Strength strength;
  strength.p0 = window;
  EXPECT_THAT(summary_of(strength),
              ElementsAre("P0: the DNS records were signed",
                          "2027-01-15T08:00:00Z to 2027-01-16T08:00:00Z; www.example A "
                          "ends first",
                          "no RSA; no SHA-1"));
  strength.peers = 2;
  strength.claimed = at(kToday + 60);
  strength.p0->least_rsa_bits = 1024;
  strength.p0->sha1 = true;
  EXPECT_THAT(summary_of(strength),
              ElementsAre("P1: the DNS records were signed, and behind them 2 "
                          "peers signed; a time-stamp that nobody has verified says "
                          "before 2027-01-15T08:01:00Z",
                          HasSubstr("ends first"),
                          "RSA of 1024 bits at least, which is short; SHA-1 was used"));
  strength.witnessed = at(kToday + 120);
  EXPECT_THAT(summary_of(strength)[0],
              AllOf(HasSubstr("P2: "), HasSubstr("was there before 2027-01-15T08:02")));
  strength.peers.reset();
  EXPECT_THAT(summary_of(strength)[0], HasSubstr("P0: ")) << "no level without another";
  strength.p0->from = at(kToday + 2 * kDay);
  EXPECT_THAT(summary_of(strength)[1], HasSubstr("never all at once"));
}

}  // namespace
}  // namespace evidence
