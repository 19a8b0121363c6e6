#include "src/evidence/bundle_bounds.h"

#include <gtest/gtest.h>

#include "src/evidence/bundle_json.h"
#include "tests/support/names.h"

namespace evidence {
namespace {

Bundle bundle() {
  Bundle out;
  out.maker = "test";
  out.about = out.facts = out.verdict = "{}";
  return out;
}

/// A bundle with one set of so many octets.
Bundle with_octets(std::size_t octets) {
  Bundle out = bundle();
  out.dns.sets.emplace_back(octets, std::byte{1});
  return out;
}

TEST(BundleBounds, AFileHas16Mebibytes) {
  EXPECT_TRUE(is_within_bounds(bundle()));
  const std::size_t rest = to_json(bundle()).size() + 2;  // and quotation marks
  const std::size_t most = (kMostOctets - kMostOfARun - rest) / 4 * 3;
  EXPECT_TRUE(is_within_bounds(with_octets(most)));
  EXPECT_FALSE(is_within_bounds(with_octets(most + 4)));
  EXPECT_LE(to_json(with_octets(most)).size(), kMostOctets - kMostOfARun);
}

// What a store has of a peer is longer than what a file has: it names each answer.
TEST(BundleBounds, WhatAStoreTakesIsBounded) {
  Bundle out = bundle();
  Answer answer;
  answer.name = support::name(std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                              std::string(63, 'c') + "." + std::string(61, 'd'));
  out.dns.answers.assign(1000, answer);
  out.peers.resize(100);
  for (Handshake& peer : out.peers) peer.answers.resize(1000);
  EXPECT_TRUE(is_within_bounds(out));
  out.peers.resize(300, out.peers.front());
  EXPECT_LE(to_json(out).size(), kMostOctets / 4);
  EXPECT_FALSE(is_within_bounds(out));
}

TEST(BundleBounds, PartsAreCounted) {
  Bundle peers = bundle();
  peers.peers.resize(kMostPeers);
  EXPECT_TRUE(is_within_bounds(peers));
  peers.peers.emplace_back();
  EXPECT_FALSE(is_within_bounds(peers));

  Bundle answers = bundle();
  answers.dns.answers.resize(kMostAnswers + 1);
  EXPECT_FALSE(is_within_bounds(answers));

  Bundle again = bundle();
  again.dns.again.resize(2);
  again.dns.again[0].answers.resize(kMostAnswersAgain);
  EXPECT_TRUE(is_within_bounds(again));
  again.dns.again[1].answers.emplace_back();
  EXPECT_FALSE(is_within_bounds(again));
}

/// Answers, each of which refers to the same set of so many octets.
Bundle referring(std::size_t answers, std::size_t octets) {
  Bundle out = with_octets(octets);
  Answer answer;
  answer.answer = {0};
  out.dns.answers.assign(answers, answer);
  return out;
}

// A set stands once in a file, and costs whoever reads it as often as it is referred to.
TEST(BundleBounds, WhatIsReferredToIsCountedEachTime) {
  EXPECT_TRUE(is_within_bounds(referring(1, kMostOfAnAnswer)));
  EXPECT_FALSE(is_within_bounds(referring(1, kMostOfAnAnswer + 1)));
  Bundle both = referring(1, kMostOfAnAnswer / 2 + 1);
  both.dns.answers[0].authority = {0};
  EXPECT_FALSE(is_within_bounds(both));

  const std::size_t many = kMostOfAllAnswers / kMostOfAnAnswer;
  EXPECT_TRUE(is_within_bounds(referring(many, kMostOfAnAnswer)));
  EXPECT_FALSE(is_within_bounds(referring(many + 1, kMostOfAnAnswer)));
  Bundle again = referring(many, kMostOfAnAnswer);
  again.dns.again.push_back({{}, referring(1, 1).dns.answers});
  EXPECT_FALSE(is_within_bounds(again));
}

TEST(BundleBounds, WhatPeersKnewIsCountedForEach) {
  Bundle out = referring(100, 60'000);
  Handshake peer;
  for (std::size_t i = 0; i < out.dns.answers.size(); ++i) peer.answers.push_back(i);
  out.peers.assign(100, peer);
  EXPECT_TRUE(is_within_bounds(out));
  out.peers.assign(200, peer);
  EXPECT_FALSE(is_within_bounds(out));
  EXPECT_EQ(what_unfolds(out), "peers that knew too much together");
}

// The names and reasons of answers are a stranger's choice, and escaped in a text.
TEST(BundleBounds, TextsAreCountedAsTheyAreWritten) {
  Bundle out = bundle();
  Answer answer;
  answer.name = support::name("example");
  answer.why_bogus.assign(4096, '"');
  out.dns.answers.assign(1800, answer);
  EXPECT_TRUE(is_within_bounds(out));
  EXPECT_LE(to_json(out).size(), kMostOctets - kMostOfARun);
  out.dns.answers.assign(2100, answer);
  EXPECT_GT(to_json(out).size(), kMostOctets - kMostOfARun);
  EXPECT_FALSE(is_within_bounds(out));
}

TEST(BundleBounds, WithoutItsProofAVerdictIsSmall) {
  Bundle large = with_octets(kMostOctets);
  large.verdict = R"({"grade":"broken"})";
  const Bundle small = without_proof(large);
  EXPECT_TRUE(is_within_bounds(small));
  EXPECT_EQ(small.verdict, large.verdict);
  EXPECT_TRUE(read_bundle(to_json(small)));
}

}  // namespace
}  // namespace evidence
