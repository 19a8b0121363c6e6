#include "verify/prints.h"

#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::GoodChain;
using support::record;

TEST(Prints, EveryPairOfSelectorAndMatchingType_Rfc6698s2_1) {
  const GoodChain good;
  const auto sent = good.sent();
  Prints prints(sent);
  for (const int usage : support::kUsages) {
    const bool issuer =
        dns::is_about_issuer(dns::Usage{static_cast<std::uint8_t>(usage)});
    for (const int selector : support::kSelectors) {
      for (const int matching : support::kMatchings) {
        const auto of_leaf = record(usage, selector, matching, good.leaf);
        EXPECT_EQ(prints.have(of_leaf), !issuer);
        EXPECT_TRUE(prints.have_anywhere(of_leaf));
        for (const auto* der : {&good.middle, &good.root}) {
          EXPECT_EQ(prints.have(record(usage, selector, matching, *der)), issuer);
        }
        const auto stranger = support::make(support::ca("Stranger"));
        EXPECT_FALSE(prints.have_anywhere(record(usage, selector, matching, stranger)));
      }
    }
  }
}

TEST(Prints, ARawKeyIsTheLeafWithoutACertificate_Rfc7250s3) {
  const auto leaf = support::make(support::leaf("CA", {"mail.example.org"}));
  const RawPublicKey key{support::spki_of({"leaf"})};
  const Chain chain = key;
  Prints prints(chain);
  for (const int matching : support::kMatchings) {
    EXPECT_TRUE(prints.have(record(3, 1, matching, leaf)));
    EXPECT_FALSE(prints.have(record(3, 0, matching, leaf)));
    EXPECT_FALSE(prints.have(record(2, 1, matching, leaf)));
  }
}

TEST(Prints, AnUnassignedTypeMatchesNothingNotEvenTheOctets) {
  const GoodChain good;
  const auto sent = good.sent();
  Prints prints(sent);
  const auto full = record(3, 0, 0, good.leaf);
  EXPECT_FALSE(prints.have({3, 0, 3, full.data}));
  EXPECT_FALSE(prints.have({3, 2, 0, full.data}));
  EXPECT_FALSE(prints.have({3, 0, 3, {}}));
  EXPECT_FALSE(prints.have({3, 0, 1, {}}));
  EXPECT_TRUE(prints.have(full));
}

TEST(Prints, AsManyCertificatesAsAreLookedAt) {
  const GoodChain good;
  const Chain chain = good.sent();
  const auto of_root = record(2, 1, 1, good.root);
  EXPECT_TRUE(Prints(chain, 3).have(of_root));
  EXPECT_FALSE(Prints(chain, 2).have(of_root));
  EXPECT_TRUE(Prints(chain, 2).have(record(2, 1, 1, good.middle)));
  EXPECT_FALSE(Prints(chain, 0).have_anywhere(record(3, 1, 1, good.leaf)));
}

TEST(Prints, WhatIsNoCertificateIsLeftOut) {
  const GoodChain good;
  const Chain broken_leaf = Certificates{base::Bytes(4), good.middle};
  Prints prints(broken_leaf);
  EXPECT_FALSE(prints.have({3, 0, 0, base::Bytes(4)}));
  EXPECT_TRUE(prints.have(record(2, 0, 1, good.middle)));
  const Chain empty = Certificates{};
  EXPECT_FALSE(Prints(empty).have_anywhere(record(3, 1, 1, good.leaf)));
}

}  // namespace
}  // namespace verify
