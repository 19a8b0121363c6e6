#include "src/evidence/signed_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using test::draft;
using test::Draft;
using testing::HasSubstr;

const test::SigningKey& key() {
  static const test::SigningKey kKey("example.", 13);
  return kKey;
}

base::Bytes joined(std::initializer_list<base::Bytes> parts) {
  base::Bytes out;
  for (const base::Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

/// Why a set is refused; empty if it is not.
std::string why(const base::Bytes& octets) {
  const auto set = read_signed_set(octets);
  return set ? "" : set.error().detail;
}

TEST(SignedSet, ReadsWhatItIsMadeOf) {
  const base::Bytes octets =
      key().sign(draft("www.example.", "A", {"192.0.2.2", "192.0.2.1"})).wire();
  const auto set = read_signed_set(octets);
  ASSERT_TRUE(set) << set.error().detail;
  EXPECT_EQ(set->owner.text(), "www.example");
  EXPECT_EQ(set->type, 1);
  ASSERT_EQ(set->records.size(), 2U);
  EXPECT_EQ(base::to_hex(set->records.front()), "c0000201");
  ASSERT_EQ(set->signatures.size(), 1U);
  const Rrsig& signature = set->signatures.front();
  EXPECT_EQ(signature.algorithm, 13);
  EXPECT_EQ(signature.labels, 2);
  EXPECT_EQ(signature.original_ttl, 3600U);
  EXPECT_EQ(signature.signer.text(), "example");
  EXPECT_EQ(signature.signature.size(), 64U);
}

TEST(SignedSet, OneFormAlone) {
  const base::Bytes a = draft("a.example.", "A", {"192.0.2.1"}).wire();
  const base::Bytes b = draft("a.example.", "A", {"192.0.2.2"}).wire();
  EXPECT_EQ(why(joined({a, b})), "");
  EXPECT_THAT(why(joined({b, a})), HasSubstr("not in order"));
  EXPECT_THAT(why(joined({a, a})), HasSubstr("not in order"));
  EXPECT_THAT(why({}), HasSubstr("is empty"));
  EXPECT_THAT(why(base::Bytes(a.begin(), a.end() - 1)), HasSubstr("broken record"));
  EXPECT_THAT(why(joined({a, {std::byte{0}}})), HasSubstr("broken record"));
  EXPECT_THAT(why(joined({a, draft("b.example.", "A", {"192.0.2.2"}).wire()})),
              HasSubstr("two owners"));
  EXPECT_THAT(why(joined({a, draft("a.example.", "TXT", {"x"}).wire()})),
              HasSubstr("two types"));
}

TEST(SignedSet, OwnersAndNamesInLowerCase_Rfc4034s6_2) {
  base::Bytes owner = draft("a.example.", "A", {"192.0.2.1"}).wire();
  owner[1] = std::byte{'A'};
  EXPECT_THAT(why(owner), HasSubstr("broken record"));
  base::Bytes target = draft("a.example.", "CNAME", {"b.example."}).wire();
  EXPECT_EQ(why(target), "");
  target[target.size() - 10] = std::byte{'B'};
  EXPECT_THAT(why(target), HasSubstr("not in lower case"));
  const base::Bytes next = draft("a.example.", "NSEC", {"B.Example. A"}).wire();
  EXPECT_EQ(why(next), "") << "RFC 6840 5.1";
}

TEST(SignedSet, NamesInRdataAreWhole) {
  base::Bytes mx = draft("a.example.", "MX", {"10 b.example."}).wire();
  EXPECT_EQ(why(mx), "");
  mx[20] = std::byte{static_cast<unsigned char>(std::to_integer<int>(mx[20]) - 1)};
  mx.pop_back();
  EXPECT_THAT(why(mx), HasSubstr("broken"));
}

TEST(SignedSet, SignaturesStandBehindWhatTheySign) {
  const Draft good = key().sign(draft("a.example.", "A", {"192.0.2.1"}));
  Draft alone = good;
  alone.records.clear();
  EXPECT_THAT(why(alone.wire()), HasSubstr("nothing that they sign"));
  Draft wrong = good;
  wrong.type = 16;
  EXPECT_THAT(why(wrong.wire()), HasSubstr("over something else"));
  const base::Bytes late = draft("a.example.", "A", {"192.0.2.9"}).wire();
  EXPECT_THAT(why(joined({good.wire(), late})), HasSubstr("behind its signatures"));
  Draft empty = good;
  empty.signatures.front().resize(18 + 9);
  EXPECT_THAT(why(empty.wire()), HasSubstr("broken signature"));
}

TEST(SignedSet, TheTtlIsTheOneThatWasSigned) {
  Draft good = key().sign(draft("a.example.", "A", {"192.0.2.1"}));
  good.ttl = 3599;
  EXPECT_THAT(why(good.wire()), HasSubstr("other TTLs"));
  EXPECT_EQ(why(good.without_signatures().wire()), "");
}

TEST(SignedSet, OtherClassesAndTooMuch) {
  base::Bytes chaos = draft("a.example.", "A", {"192.0.2.1"}).wire();
  chaos[14] = std::byte{3};
  EXPECT_THAT(why(chaos), HasSubstr("broken record"));
  EXPECT_THAT(why(base::Bytes(65'536)), HasSubstr("longer than any message"));
}

}  // namespace
}  // namespace evidence
