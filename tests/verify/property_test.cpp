// Laws that hold for every RRset and chain.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <rapidcheck.h>

#include <algorithm>

#include "tests/support/peers.h"
#include "verify/prints.h"

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
    for (const int usage : support::kUsages) {
      for (const int selector : support::kSelectors) {
        for (const int matching : support::kMatchings) {
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

/// Whether a record matches octets, computed anew by OpenSSL.
bool plainly_matches(const dns::Tlsa& record, base::ByteView octets) {
  if (record.matching == dns::kFull) return base::equal(record.data, octets);
  const bool sha256 = record.matching == dns::kSha256;
  if (!sha256 && record.matching != dns::kSha512) return false;
  base::Bytes made(sha256 ? 32 : 64);
  EVP_Digest(octets.data(), octets.size(), reinterpret_cast<unsigned char*>(made.data()),
             nullptr, sha256 ? EVP_sha256() : EVP_sha512(), nullptr);
  return record.data == made;
}

bool plainly_matches_certificate(const dns::Tlsa& record, const base::Bytes& der) {
  const auto certificate = parse_certificate(der);
  if (!certificate) return false;
  if (record.selector == dns::kCert) return plainly_matches(record, der);
  return record.selector == dns::kSpki && plainly_matches(record, certificate->spki);
}

/// Records of which some match what is drawn, some are near it, and some make no sense.
dns::Tlsa draw_record() {
  auto out = *rc::gen::elementOf(world().usable);
  if (*rc::gen::inRange(0, 4) == 0)
    out.usage = dns::Usage{*rc::gen::arbitrary<std::uint8_t>()};
  if (*rc::gen::inRange(0, 4) == 0) {
    out.selector = dns::Selector{*rc::gen::inRange<std::uint8_t>(0, 4)};
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    out.matching = dns::Matching{*rc::gen::inRange<std::uint8_t>(0, 5)};
  }
  if (*rc::gen::inRange(0, 8) == 0) out.data.clear();
  return out;
}

TEST(Property, PrintsSayWhatComparingOneByOneSays_Rfc6698s2_1) {
  expect_law([] {
    auto chain = draw_chain();
    if (*rc::gen::inRange(0, 8) == 0) chain[0] = base::Bytes(3);
    Prints prints(chain);
    for (int asked = 0; asked < 8; ++asked) {
      const auto record = draw_record();
      const bool leaf = plainly_matches_certificate(record, chain[0]);
      const bool issuer =
          std::any_of(chain.begin() + 1, chain.end(), [&](const base::Bytes& der) {
            return plainly_matches_certificate(record, der);
          });
      const bool up = record.usage == dns::kPkixTa || record.usage == dns::kDaneTa;
      const bool expected = up ? issuer : leaf;
      RC_ASSERT(prints.have(record) == expected);
      const bool anywhere = leaf || issuer;
      RC_ASSERT(prints.have_anywhere(record) == anywhere);
      for (const auto& der : chain) {
        const auto certificate = parse_certificate(der);
        if (!certificate) continue;
        const bool plainly = plainly_matches_certificate(record, der);
        RC_ASSERT(matches(record, *certificate) == plainly);
      }
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
