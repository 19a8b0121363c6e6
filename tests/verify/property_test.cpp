// Laws that hold for every RRset and chain.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::judge;
using support::record;

// Certificates and records from which cases are drawn.
struct World {
  support::GoodChain good;
  base::Bytes stranger = support::make(support::ca("Stranger"));
  Roots store = support::roots({good.root});
  std::vector<dns::Tlsa> usable;
  std::vector<dns::Tlsa> unusable{{3, 1, 1, base::Bytes(31)}, {4, 1, 1, base::Bytes(32)},
                                  {3, 2, 1, base::Bytes(32)}, {3, 1, 3, base::Bytes(32)},
                                  {2, 0, 0, base::Bytes(9)},  {255, 255, 255, {}}};
  World() {
    for (const int usage : {0, 1, 2, 3}) {
      for (const int selector : {0, 1}) {
        for (const int matching : {0, 1, 2}) {
          for (const auto* der : {&good.leaf, &good.middle, &good.root, &stranger}) {
            usable.push_back(record(usage, selector, matching, *der));
          }
        }
      }
    }
  }
};

const World& world() {
  static const World made;
  return made;
}

std::vector<dns::Tlsa> draw_records() {
  return *rc::gen::resize(
      8, rc::gen::container<std::vector<dns::Tlsa>>(rc::gen::elementOf(world().usable)));
}

Certificates draw_chain() {
  const auto& w = world();
  auto rest = *rc::gen::resize(
      5, rc::gen::container<Certificates>(rc::gen::elementOf(
             Certificates{w.good.middle, w.good.root, w.stranger, base::Bytes(3)})));
  rest.insert(rest.begin(), w.good.leaf);
  return rest;
}

policy::Requirement draw_requirement() {
  auto out = *rc::gen::arbitrary<bool>() ? support::mail(draw_records())
                                         : support::dane(draw_records());
  if (*rc::gen::arbitrary<bool>()) out.names = {support::name("other.example.org")};
  return out;
}

template <typename T>
std::vector<T> shuffled(std::vector<T> items) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  return items;
}

void expect_same(const Verdict& a, const policy::Requirement& ra, const Verdict& b,
                 const policy::Requirement& rb) {
  RC_ASSERT(a.outcome == b.outcome);
  RC_ASSERT(a.reason == b.reason);
  RC_ASSERT(a.detail == b.detail);
  RC_ASSERT(a.depth == b.depth);
  RC_ASSERT(a.record.has_value() == b.record.has_value());
  if (a.record) RC_ASSERT(ra.records[*a.record] == rb.records[*b.record]);
}

void expect_law(const std::function<void()>& law) { EXPECT_TRUE(rc::check(law)); }

TEST(Property, OrderOfRecordsChangesNothing_Rfc6698s4_1) {
  expect_law([] {
    const auto chain = draw_chain();
    auto wanted = draw_requirement();
    for (const auto& bad : world().unusable) {
      if (*rc::gen::arbitrary<bool>()) wanted.records.push_back(bad);
    }
    auto other = wanted;
    other.records = shuffled(wanted.records);
    expect_same(judge(chain, wanted, &world().store), wanted,
                judge(chain, other, &world().store), other);
  });
}

TEST(Property, UnusableRecordNeverChangesWhatUsableOnesProve_Rfc6698s4_1) {
  expect_law([] {
    const auto chain = draw_chain();
    const auto wanted = draw_requirement();
    auto more = wanted;
    more.records.push_back(*rc::gen::elementOf(world().unusable));
    const auto without = judge(chain, wanted, &world().store);
    const auto with = judge(chain, more, &world().store);
    if (without.reason != Reason::no_usable_record) {
      RC_ASSERT(with.outcome == without.outcome);
    } else {
      RC_ASSERT(with.outcome == Outcome::rejected ||
                with.outcome == Outcome::unauthenticated);
    }
  });
}

TEST(Property, DuplicatesChangeNothing) {
  expect_law([] {
    const auto chain = draw_chain();
    const auto wanted = draw_requirement();
    auto twice = wanted;
    twice.records.insert(twice.records.end(), wanted.records.begin(),
                         wanted.records.end());
    expect_same(judge(chain, wanted, &world().store), wanted,
                judge(chain, twice, &world().store), twice);
  });
}

TEST(Property, OrderOfIssuersChangesNoOutcome_Rfc8446s4_4_2) {
  expect_law([] {
    const auto chain = draw_chain();
    const auto wanted = draw_requirement();
    auto rest = shuffled(Certificates(chain.begin() + 1, chain.end()));
    rest.insert(rest.begin(), chain[0]);
    RC_ASSERT(judge(chain, wanted, &world().store).outcome ==
              judge(rest, wanted, &world().store).outcome);
  });
}

TEST(Property, DaneIsProvedOnlyByAMatchedRecord) {
  expect_law([] {
    const auto wanted = draw_requirement();
    const auto verdict = judge(draw_chain(), wanted, &world().store);
    RC_ASSERT((verdict.outcome == Outcome::dane) == verdict.record.has_value());
    RC_ASSERT(verdict.notes.size() == wanted.records.size());
    RC_ASSERT((verdict.outcome == Outcome::rejected) == (verdict.reason != Reason::none));
    if (verdict.record) {
      RC_ASSERT(verdict.notes[*verdict.record].state == RecordState::matched);
    }
  });
}

}  // namespace
}  // namespace verify
