#include "verify/hash.h"

#include <gtest/gtest.h>

namespace verify {
namespace {

TEST(Hash, KnownAnswers_Rfc6234s8_5) {
  const auto abc = base::as_bytes("abc");
  EXPECT_EQ(base::to_hex(sha256(abc)),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base::to_hex(sha512(abc)),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  EXPECT_EQ(base::to_hex(sha256({})).substr(0, 8), "e3b0c442");
}

TEST(Hash, EachDigestOfTheTableHasItsLength_Rfc6698s2_1_3) {
  for (const auto& type : dns::kMatchingTypes) {
    const auto made = digest(type.matching, base::as_bytes("abc"));
    EXPECT_EQ(made.has_value(), type.octets > 0) << type.word;
    EXPECT_EQ(made ? made->size() : 0, type.octets) << type.word;
  }
  EXPECT_FALSE(digest(dns::Matching{3}, {}));
  EXPECT_FALSE(digest(dns::Matching{255}, {}));
}

TEST(Hash, TheNumbersAreThoseOfTheirHashes_Rfc7218s2_3) {
  const auto abc = base::as_bytes("abc");
  EXPECT_TRUE(base::equal(digest(dns::kSha256, abc).value(), sha256(abc)));
  EXPECT_TRUE(base::equal(digest(dns::kSha512, abc).value(), sha512(abc)));
}

}  // namespace
}  // namespace verify
