#include "src/evidence/second_validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using test::kDay;
using test::kNow;
using test::kToday;
using test::nsec;
using test::SigningKey;
using test::World;
using testing::HasSubstr;
using testing::StartsWith;

/// A world with the signed zone `example.`, and an address there.
struct Small : World {
  const SigningKey& key = add_zone("example.");
  Draft address = key.sign(draft("www.example.", "A", {"192.0.2.1"}));

  Small() { say(address); }
  void say(const Draft& draft) { answer("www.example.", "A", 0, {draft}); }
  [[nodiscard]] std::string told() const { return World::told("www.example.", "A"); }
};

TEST(SecondValidator, AChainFromTheRoot) {
  Small world;
  EXPECT_EQ(world.told(), "secure");
  EXPECT_EQ(world.World::told("example.", "DS"), "secure");
  EXPECT_EQ(world.World::told("example.", "DNSKEY"), "secure");
  EXPECT_EQ(world.World::told(".", "DNSKEY"), "secure");
}

TEST(SecondValidator, SaysWhatItRestsOn) {
  Small world;
  const SecondOpinion opinion = world.judge();
  std::vector<std::string> rests;
  for (const std::size_t index : world.World::judge("www.example.", "A").signatures) {
    const UsedSignature& used = opinion.signatures[index];
    rests.push_back(used.owner.text() + "/" + std::to_string(used.type) + "/" +
                    used.zone.text());
  }
  EXPECT_THAT(rests,
              testing::UnorderedElementsAre("/48/", "example/43/", "example/48/example",
                                            "www.example/1/example"));
}

class Algorithms : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(Algorithms, ThatLibunboundKnows_Rfc8624s3_1) {
  World world;
  const auto [algorithm, bits] = GetParam();
  const auto& key = world.add_zone("example.", static_cast<std::uint8_t>(algorithm),
                                   static_cast<std::size_t>(bits));
  Draft good = key.sign(draft("www.example.", "A", {"192.0.2.1", "192.0.2.2"}));
  world.answer("www.example.", "A", 0, {good});
  EXPECT_EQ(world.told("www.example.", "A"), "secure");
  good.records.pop_back();
  world.answer("www.example.", "A", 0, {good});
  EXPECT_THAT(world.told("www.example.", "A"), HasSubstr("its signature is wrong"));
}

INSTANTIATE_TEST_SUITE_P(All, Algorithms,
                         testing::Values(std::pair(5, 1024), std::pair(7, 1024),
                                         std::pair(8, 1024), std::pair(8, 2048),
                                         std::pair(10, 1024), std::pair(13, 0),
                                         std::pair(14, 384), std::pair(15, 0)),
                         [](const auto& row) {
                           return "Algorithm" + std::to_string(row.param.first) + "With" +
                                  std::to_string(row.param.second);
                         });

TEST(SecondValidator, ASignatureOfRsaWithoutItsZeros_Rfc8017s8_2_2) {
  World world;
  const SigningKey& key = world.add_zone("example.", 8, 1024);
  // One of some hundred signatures begins with a zero, which nettle does not miss.
  for (int i = 0; i < 500; ++i) {
    Draft good = key.sign(draft("www.example.", "TXT", {std::to_string(i)}));
    base::Bytes& rdata = good.signatures.front();
    const auto start = rdata.end() - 128;
    if (*start != std::byte{0}) continue;
    rdata.erase(start);
    world.answer("www.example.", "TXT", 0, {good});
    EXPECT_EQ(world.told("www.example.", "TXT"), "secure");
    return;
  }
  FAIL() << "no signature begins with a zero";
}

TEST(SecondValidator, RecordsThatWereChanged) {
  Small world;
  world.address.records.front().back() = std::byte{2};
  world.say(world.address);
  EXPECT_EQ(world.told(), "bogus: www.example A: its signature is wrong");
}

TEST(SecondValidator, StrippedSignatures) {
  Small world;
  world.say(world.address.without_signatures());
  world.answer("www.example.", "DS", 0, {},
               {nsec(world.key, "www.example.", "x.example.", "A RRSIG NSEC")});
  EXPECT_EQ(world.told(),
            "bogus: www.example A: nothing is signed, and its zone example is");
  world.forget("www.example.", "DS");
  EXPECT_EQ(world.told(), "indeterminate: the answer to www.example DS is missing")
      << "a delegation without keys could be there";
}

TEST(SecondValidator, WhatIsMissingIsNeverInsecure) {
  const std::vector<std::pair<std::string, std::string>> needed = {
      {".", "DNSKEY"}, {"example.", "DS"}, {"example.", "DNSKEY"}};
  for (const auto& [name, type] : needed) {
    Small world;
    world.forget(name, type);
    const JudgedAnswer judged = world.World::judge("www.example.", "A");
    EXPECT_EQ(judged.security, dns::Security::indeterminate);
    ASSERT_TRUE(judged.missing);
    EXPECT_EQ(judged.missing->name, dns::Name::from_dns(name).value());
    EXPECT_EQ(judged.missing->type, test::type_number(type));
    EXPECT_TRUE(judged.signatures.empty());
  }
}

TEST(SecondValidator, AnAnswerThatNeverCame) {
  Small world;
  const base::Error silence{base::ErrorKind::temporary, base::Code::local, "timed out"};
  world.answers.back().error = silence;
  EXPECT_EQ(world.told(), "indeterminate: no answer came: timed out");
  world.say(world.address);
  for (Answer& answer : world.answers) {
    if (answer.type == test::type_number("DNSKEY")) answer.error = silence;
  }
  EXPECT_THAT(world.told(), StartsWith("bogus: no answer came to . DNSKEY"));
}

TEST(SecondValidator, ResponseCodesThatSayNothing) {
  Small world;
  world.answer("www.example.", "A", 2, {world.address});
  EXPECT_EQ(world.told(), "bogus: the response code is 2");
  world.answer("www.example.", "A", 3, {world.address});
  EXPECT_THAT(world.told(), HasSubstr("there are records, and the response code"));
}

TEST(SecondValidator, Dates_Rfc4034s3_1_5) {
  const auto told = [](std::uint32_t inception, std::uint32_t expiration) {
    Small world;
    world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}),
                             {inception, expiration, {}, {}, {}}));
    return world.told();
  };
  constexpr std::uint32_t kHour = 3600;
  EXPECT_EQ(told(kToday - 10 * kDay, kToday), "secure");
  EXPECT_EQ(told(kToday, kToday + 10 * kDay), "secure");
  // A tenth of the lifetime, an hour at the least and a day at most.
  EXPECT_EQ(told(kToday - 5 * kDay, kToday - 39'000), "secure");
  EXPECT_THAT(told(kToday - 5 * kDay, kToday - 50'000), HasSubstr("has expired"));
  EXPECT_EQ(told(kToday - 2 * kHour, kToday - kHour + 1), "secure");
  EXPECT_THAT(told(kToday - 2 * kHour, kToday - kHour - 1), HasSubstr("has expired"));
  EXPECT_EQ(told(kToday - 100 * kDay, kToday - kDay), "secure");
  EXPECT_THAT(told(kToday - 100 * kDay, kToday - kDay - 1), HasSubstr("has expired"));
  EXPECT_EQ(told(kToday + kDay, kToday + 100 * kDay), "secure");
  EXPECT_THAT(told(kToday + kDay + 1, kToday + 100 * kDay), HasSubstr("not valid yet"));
  EXPECT_THAT(told(kToday + 1, kToday - 1), HasSubstr("ends before it begins"));
}

TEST(SecondValidator, TheSkewIsTheBundles) {
  Small world;
  world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}),
                           {kToday - 10 * kDay, kToday - 1, {}, {}, {}}));
  EXPECT_EQ(world.told(), "secure");
  world.basis.skew = {std::chrono::seconds(0), std::chrono::seconds(0)};
  EXPECT_THAT(world.told(), HasSubstr("has expired"));
}

TEST(SecondValidator, SerialTimesBeyond2106_Rfc1982) {
  World world;
  world.basis.moment = std::chrono::sys_seconds(std::chrono::seconds(4'294'967'396));
  const SigningKey key(".", 13);
  const test::SigningTerms late{4'294'960'000U, 90'000U, {}, {}, {}};
  world.basis.anchors = {{key.text(true), {}, {}}};
  world.answer(
      ".", "DNSKEY", 0,
      {key.sign({".", test::type_number("DNSKEY"), 3600, {key.dnskey()}, {}}, late)});
  ASSERT_EQ(world.told(".", "DNSKEY"), "secure");
  EXPECT_EQ(world.judge().signatures.front().expiration.time_since_epoch().count(),
            4'294'967'296 + 90'000);
}

TEST(SecondValidator, AnotherZonesSignature) {
  Small world;
  const SigningKey& other = world.add_zone("other.");
  Draft spliced = other.sign(draft("www.example.", "A", {"192.0.2.66"}));
  world.say(spliced);
  EXPECT_EQ(world.World::judge("www.example.", "A").security,
            dns::Security::indeterminate);
  world.answer("www.example.", "DS", 0, {},
               {nsec(world.key, "www.example.", "x.example.", "A RRSIG NSEC")});
  EXPECT_THAT(world.told(), StartsWith("bogus: www.example A: nothing is signed"));
  // The key of other. signs in the name of example.
  world.say(
      other.sign(draft("www.example.", "A", {"192.0.2.66"}), {.signer = "example."}));
  EXPECT_THAT(world.told(), HasSubstr("no key of its zone is named"));
  world.say(
      world.key.sign(draft("www.other.", "A", {"192.0.2.66"}), {.signer = "example."})
          .at("www.example."));
  EXPECT_THAT(world.told(), HasSubstr("its signature is wrong"));
}

TEST(SecondValidator, ASignerThatIsNoZone) {
  Small world;
  world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}),
                           {.signer = "www.example."}));
  world.answer("www.example.", "DS", 0, {},
               {nsec(world.key, "www.example.", "x.example.", "A RRSIG NSEC")});
  EXPECT_EQ(world.told(), "bogus: www.example is no zone, and yet has signed");
}

TEST(SecondValidator, LabelsOfASignature_Rfc4035s5_3_1) {
  Small world;
  world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}), {.labels = 3}));
  EXPECT_THAT(world.told(), HasSubstr("counts more labels than its owner has"));
  world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}), {.labels = 0}));
  EXPECT_THAT(world.told(), HasSubstr("over a wildcard above its zone"));
  world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}), {.labels = 1}));
  EXPECT_THAT(world.told(), HasSubstr("its signature is wrong"));
}

TEST(SecondValidator, AKeyOfTheTagThatIsNotThere) {
  Small world;
  world.say(world.key.sign(draft("www.example.", "A", {"192.0.2.1"}), {.tag = 1}));
  EXPECT_THAT(world.told(), HasSubstr("no key of its zone is named by its signature"));
}

TEST(SecondValidator, TwoAnswersToOneQuestion) {
  Small world;
  world.answers.push_back(world.answers.back());
  const SecondOpinion opinion = world.judge();
  const std::size_t last = opinion.answers.size() - 1;
  EXPECT_EQ(opinion.answers[last].reason, "there are two answers to its question");
  EXPECT_EQ(opinion.answers[last - 1].reason, "there are two answers to its question");
  EXPECT_EQ(opinion.answers[last - 1].security, dns::Security::bogus);
}

TEST(SecondValidator, WhatAnAnswerMustNotRefersTo) {
  Small world;
  world.answers.back().answer = {world.sets.size()};
  EXPECT_EQ(world.told(), "bogus: it refers to a set that is not there");
  world.answer("www.example.", "A", 0,
               {world.address, draft("www.example.", "A", {"192.0.2.9"})});
  EXPECT_EQ(world.told(), "bogus: it has two sets of one name and type");
  world.sets.push_back({std::byte{1}});
  world.answers.back().answer = {world.sets.size() - 1};
  EXPECT_EQ(world.told(), "bogus: a set of records has a broken record");
}

TEST(SecondValidator, WhatHasNoBusinessInAnAnswer) {
  Small world;
  const Draft other = world.key.sign(draft("mail.example.", "A", {"192.0.2.1"}));
  world.answer("www.example.", "A", 0, {world.address, other});
  EXPECT_EQ(world.told(), "bogus: mail.example A does not belong to the answer");
  const Draft soa = draft("example.", "SOA", {"a. b. 1 2 3 4 5"});
  world.answer("www.example.", "A", 0, {world.address}, {soa});
  EXPECT_THAT(world.told(), StartsWith("bogus: example SOA stands beside the answer"));
  world.answer("www.example.", "A", 0, {world.address},
               {world.key.sign(soa), draft("example.", "NS", {"ns.example."})});
  EXPECT_EQ(world.told(), "secure") << "delegations have no signature";
  const Draft denial = nsec(world.key, "www.example.", "z.example.", "A RRSIG NSEC");
  world.answer("www.example.", "AAAA", 0, {denial}, {denial});
  EXPECT_EQ(world.World::told("www.example.", "AAAA"),
            "bogus: www.example NSEC does not belong to the answer")
      << "although it belongs beside it";
  Draft wrong = world.key.sign(soa);
  wrong.records = draft("example.", "SOA", {"a. b. 2 2 3 4 5"}).records;
  world.answer("www.example.", "A", 0, {world.address}, {wrong});
  EXPECT_EQ(world.told(), "bogus: example SOA: its signature is wrong");
}

TEST(SecondValidator, UnknownTypesAndOddRecordsAreSignedLikeOthers) {
  Small world;
  world.answer("odd.example.", "TYPE65280", 0,
               {world.key.sign(draft("odd.example.", "TYPE65280", {"\\# 3 ffffff"}))});
  EXPECT_EQ(world.World::told("odd.example.", "TYPE65280"), "secure");
  Draft short_tlsa = draft("_25._tcp.example.", "TLSA", {"3 1 1 aa"});
  world.answer("_25._tcp.example.", "TLSA", 0, {world.key.sign(short_tlsa)});
  EXPECT_EQ(world.World::told("_25._tcp.example.", "TLSA"), "secure");
}

TEST(SecondValidator, JudgesTheWantedAnswersAloneAndAtTheirCost) {
  World world;
  const SigningKey& key = world.add_zone("example.");
  for (const char* name : {"a.example.", "b.example."}) {
    world.answer(name, "A", 0, {key.sign(draft(name, "A", {"192.0.2.1"}))});
  }
  const std::size_t last = world.answers.size() - 1;
  world.basis.only = {last};
  // The keys of the root, the DS records, the keys of the zone, and the wanted answer.
  world.basis.bounds.checks = 4;
  const SecondOpinion opinion = world.judge();
  ASSERT_EQ(opinion.answers.size(), world.answers.size());
  EXPECT_EQ(opinion.answers[last].security, dns::Security::secure);
  EXPECT_EQ(opinion.answers[last - 1].security, dns::Security::bogus) << "nobody asked";
  EXPECT_EQ(opinion.checks, 4);
  EXPECT_EQ(opinion.hashes, 0);
  world.basis.only.clear();
  EXPECT_EQ(world.judge().answers[last].security, dns::Security::bogus) << "too costly";
}

// Whoever writes a bundle chooses how long a way of aliases through its answers is.
TEST(SecondValidator, FollowsAliasesThroughAnswersToABound) {
  World world;
  const Draft referral = nsec(world.zone("."), "plain.", "zz.", "NS RRSIG NSEC");
  world.answer("plain.", "DS", 0, {}, {referral});
  const auto at = [](int i) { return "x" + std::to_string(10'000 + i) + ".plain."; };
  for (int i = 0; i < 500; ++i) {
    world.answer(at(i), "A", 0, {draft(at(i), "CNAME", {at(i + 1)})});
  }
  const SecondOpinion opinion = world.judge();
  EXPECT_EQ(opinion.answers.back().security, dns::Security::indeterminate);
  const JudgedAnswer& first = opinion.answers[opinion.answers.size() - 500];
  EXPECT_EQ(first.security, dns::Security::bogus);
  EXPECT_EQ(first.reason, "there are more aliases than are followed");
}

}  // namespace
}  // namespace evidence
