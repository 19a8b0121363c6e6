// What a hostile peer sends must end, and never well. Nothing here reads a clock: a
// search without bounds over these chains would not end before the test runner ends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"
#include "verify/der.h"

namespace verify {
namespace {

using support::dane;
using support::GoodChain;
using support::judge;
using support::kDay;
using support::kNow;
using support::make;
using support::record;

// CAs that all have one name, and different keys unless `same_key`.
Certificates same_named(std::size_t count, bool same_key) {
  Certificates out;
  for (std::size_t i = 0; i < count; ++i) {
    auto recipe = support::ca("Loop", "Loop");
    recipe.key.name = same_key ? "loop" : "loop " + std::to_string(i % 40);
    recipe.signer.name = "loop";
    recipe.until = kNow + static_cast<int>(i + 1) * kDay;
    out.push_back(make(recipe));
  }
  return out;
}

TEST(Hostile, ManySameNamedIssuersEndFast) {
  const auto anchor = make(support::ca("Elsewhere"));
  for (const bool same_key : {false, true}) {
    auto chain = same_named(31, same_key);
    auto leaf = support::leaf("Loop", {"mail.example.org"});
    leaf.signer.name = "loop";
    chain.insert(chain.begin(), make(leaf));
    for (const int selector : {0, 1}) {
      EXPECT_EQ(judge(chain, dane({record(2, selector, 0, anchor)})).outcome,
                Outcome::rejected);
    }
  }
}

TEST(Hostile, ManyRecordsShareOneLimitOfWork) {
  auto chain = same_named(31, false);
  auto leaf = support::leaf("Loop", {"mail.example.org"});
  leaf.signer.name = "loop";
  chain.insert(chain.begin(), make(leaf));
  std::vector<dns::Tlsa> records;
  for (int i = 0; i < 200; ++i) {
    auto tlsa = record(2, 1, 0, chain[0]);
    tlsa.data = support::spki_of({"key " + std::to_string(i)});
    records.push_back(tlsa);
  }
  EXPECT_EQ(judge(chain, dane(records)).outcome, Outcome::rejected);
}

TEST(Hostile, HundredCertificatesAreNotAllLookedAt) {
  const GoodChain good;
  auto chain = same_named(98, false);
  chain.insert(chain.begin(), good.leaf);
  chain.push_back(good.middle);
  const auto far = judge(chain, dane({record(2, 0, 1, good.middle)}));
  EXPECT_EQ(far.reason, Reason::chain_too_long);
  EXPECT_EQ(far.outcome, Outcome::rejected);
  std::swap(chain[5], chain.back());
  EXPECT_EQ(judge(chain, dane({record(2, 0, 1, good.middle)})).outcome, Outcome::dane);
  EXPECT_EQ(judge(chain, dane({record(3, 0, 1, good.leaf)})).outcome, Outcome::dane);
}

TEST(Hostile, LongPathIsGivenUp) {
  Certificates chain;
  for (int i = 0; i < 15; ++i) {
    chain.push_back(
        make(support::ca("CA " + std::to_string(i), "CA " + std::to_string(i + 1))));
  }
  chain.insert(chain.begin(), make(support::leaf("CA 0", {"mail.example.org"})));
  const auto near = judge(chain, dane({record(2, 0, 1, chain[9])}));
  EXPECT_EQ(near.outcome, Outcome::dane) << near.detail;
  const auto far = judge(chain, dane({record(2, 0, 1, chain[10])}));
  EXPECT_EQ(far.reason, Reason::budget_exhausted);
}

TEST(Hostile, MutualIssuersMakeNoLoop) {
  const auto a = make(support::ca("A", "B")), b = make(support::ca("B", "A"));
  const auto leaf = make(support::leaf("A", {"mail.example.org"}));
  const auto other = make(support::ca("Other"));
  EXPECT_EQ(judge({leaf, a, b}, dane({record(2, 0, 0, other)})).outcome,
            Outcome::rejected);
  EXPECT_EQ(judge({leaf, a, b}, dane({record(2, 0, 1, b)})).outcome, Outcome::dane);
}

TEST(Hostile, ZeroBudgetsRejectAndDoNotCrash) {
  const GoodChain good;
  const Budget budgets[] = {{0, 0, 0, 0}, {0, 10, 16, 9}, {32, 0, 16, 9}, {32, 10, 0, 9}};
  for (const auto& budget : budgets) {
    const auto verdict =
        check(good.sent(), dane({record(2, 0, 1, good.middle)}), {kNow, nullptr, budget});
    EXPECT_EQ(verdict.outcome, Outcome::rejected);
  }
}

TEST(Hostile, HugeAlternativeNamesUnderAGoodPath) {
  base::Bytes entries;
  for (int i = 0; i < 5000; ++i) {
    const auto text = "h" + std::to_string(i) + ".example.net";
    const auto entry = der::encode(der::context(2), {base::as_bytes(text)});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  auto recipe = support::leaf("Middle", {});
  recipe.raw = {{"2.5.29.17", der::encode(der::kSequence, {entries}), false}};
  const GoodChain good;
  const auto leaf = make(recipe);
  EXPECT_EQ(judge({leaf, good.middle}, dane({record(2, 0, 1, good.middle)})).reason,
            Reason::name_mismatch);
}

}  // namespace
}  // namespace verify
