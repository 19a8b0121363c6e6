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
  const std::size_t most = (kMostOctets - rest) / 4 * 3;
  EXPECT_TRUE(is_within_bounds(with_octets(most)));
  EXPECT_FALSE(is_within_bounds(with_octets(most + 4)));
  EXPECT_LE(to_json(with_octets(most)).size(), kMostOctets);
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

// The names and reasons of answers are a stranger's choice, and escaped in a text.
TEST(BundleBounds, TextsAreCountedAsTheyAreWritten) {
  Bundle out = bundle();
  Answer answer;
  answer.name = support::name("example");
  answer.why_bogus.assign(4096, '"');
  out.dns.answers.assign(2000, answer);
  EXPECT_TRUE(is_within_bounds(out));
  EXPECT_LE(to_json(out).size(), kMostOctets);
  out.dns.answers.assign(2100, answer);
  EXPECT_EQ(is_within_bounds(out), to_json(out).size() <= kMostOctets);
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
