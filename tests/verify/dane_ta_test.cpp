// DANE-TA: the anchor is an issuer on the path (RFC 7671 5.2, RFC 7672 3.1.2).
#include <gmock/gmock.h>
#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include "tests/verify/anchors.h"

namespace verify {
namespace {

using support::dane;
using support::GoodChain;
using support::judge;
using support::kDay;
using support::kNow;
using support::make;
using support::record;
using testing::HasSubstr;

TEST(DaneTa, IntermediateOrRootIsTheAnchor_Rfc7671s5_2) {
  const GoodChain good;
  for (const int selector : support::kSelectors) {
    expect_proved(judge(good.sent(), dane({record(2, selector, 1, good.middle)})), 1);
    expect_proved(judge(good.sent(), dane({record(2, selector, 1, good.root)})), 2);
  }
}

TEST(DaneTa, AnchorNeedNotBeSelfSignedNorAnythingAboveItSent_Rfc7671s5_2) {
  const GoodChain good;
  expect_proved(judge({good.leaf, good.middle}, dane({record(2, 0, 1, good.middle)})), 1);
}

TEST(DaneTa, ForgedCertificatesAboveTheAnchorDoNotMatter_Rfc7671s5_2) {
  const GoodChain good;
  auto forged = support::ca("Root");
  forged.key.name = "somebody";
  const auto verdict =
      judge({good.leaf, good.middle, make(forged)}, dane({record(2, 1, 1, good.middle)}));
  expect_proved(verdict, 1);
}

// [evil leaf][evil CA][the genuine anchor's certificate]: libgnutls-dane accepts it.
TEST(DaneTa, GenuineAnchorAppendedToAnEvilChainIsNoMatch_Rfc7671s5_2) {
  const auto anchor = make(support::ca("Genuine"));
  const auto evil_ca = make(support::ca("Evil"));
  const auto evil = make(support::leaf("Evil", {kHost}));
  for (const int selector : support::kSelectors) {
    for (const int matching : support::kMatchings) {
      const auto verdict =
          judge({evil, evil_ca, anchor}, dane({record(2, selector, matching, anchor)}));
      expect_rejected(verdict, Reason::no_path);
      EXPECT_THAT(verdict.detail, HasSubstr("certificate 2, which is not on the path"));
    }
  }
}

// Nothing of an anchor counts that cannot have signed anything here: not the algorithm of
// its key, not its strength, not its constraints.
TEST(DaneTa, AnchorWithAKeyOfAnotherKindIsNotOnThePath_Rfc7671s5_2) {
  using Kind = support::Key::Kind;
  const auto evil_ca = make(support::ca("Evil"));
  const auto evil = make(support::leaf("Evil", {kHost}));
  for (const auto kind : {Kind::rsa2048, Kind::rsa1024, Kind::ed25519}) {
    auto recipe = support::ca("Genuine");
    recipe.key.kind = kind;
    recipe.signer = {"Genuine", kind};
    recipe.permitted_dns = {"example.net"};
    const auto anchor = make(recipe);
    for (const int selector : support::kSelectors) {
      for (const int matching : support::kMatchings) {
        expect_rejected(
            judge({evil, evil_ca, anchor}, dane({record(2, selector, matching, anchor)})),
            Reason::no_path);
      }
    }
    EXPECT_EQ(judge({evil, evil_ca}, dane({record(2, 1, 0, anchor)})).reason,
              Reason::mismatch);
  }
}

// RFC 5280 6.1.4 l: a CA that changes its key is still one certificate of the path.
TEST(DaneTa, SelfIssuedIntermediatesDoNotCountAgainstALength_Rfc5280s4_2_1_9) {
  auto root = support::ca("Root");
  root.path_length = 0;
  auto rolled = support::ca("Root", "Root");
  rolled.key.name = "rolled";
  rolled.signer.name = "Root";
  rolled.path_length = 0;
  auto below = support::leaf("Root", {kHost});
  below.signer.name = "rolled";
  const auto anchor = make(root);
  const Certificates chain{make(below), make(rolled), anchor};
  for (const int selector : support::kSelectors) {
    EXPECT_EQ(judge(chain, dane({record(2, selector, 1, anchor)})).outcome,
              Outcome::dane);
  }
  const auto other = make(support::ca("Other", "Root"));
  const auto leaf = make(support::leaf("Other", {kHost}));
  expect_rejected(judge({leaf, other, anchor}, dane({record(2, 0, 1, anchor)})),
                  Reason::path_too_long);
}

TEST(DaneTa, EvilChainUnderTheAnchorsNameIsRejected) {
  const auto anchor = make(support::ca("Genuine"));
  auto evil_ca = support::ca("Genuine");
  evil_ca.key.name = "evil";
  auto evil = support::leaf("Genuine", {kHost});
  evil.signer.name = "evil";
  for (const int selector : support::kSelectors) {
    expect_rejected(judge({make(evil), make(evil_ca), anchor},
                          dane({record(2, selector, 1, anchor)})),
                    Reason::bad_signature);
  }
}

TEST(DaneTa, SubordinateCannotForgeACertificateWithTheAnchorsKey) {
  // The holder of `evil` wraps the anchor's key; without a signature by it no path ends.
  auto wrapper = support::ca("Wrapped", "Evil");
  wrapper.key.name = "Genuine";
  const auto evil_leaf = make(support::leaf("Evil", {kHost}));
  const auto anchor = make(wrapper);
  expect_rejected(judge({evil_leaf, make(support::ca("Evil")), anchor},
                        dane({record(2, 1, 1, anchor)})),
                  Reason::no_path);
}

TEST(DaneTa, MatchOnTheLeafIsNoMatch_Rfc7671s5_2) {
  auto recipe = support::ca("leaf");
  recipe.dns = {kHost};
  recipe.key_usage = GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_DIGITAL_SIGNATURE;
  const auto self_signed = make(recipe);
  for (const int selector : support::kSelectors) {
    for (const int matching : support::kMatchings) {
      const auto wanted = dane({record(2, selector, matching, self_signed)});
      expect_rejected(judge({self_signed}, wanted), Reason::anchor_is_leaf);
      expect_rejected(judge({self_signed, self_signed}, wanted), Reason::anchor_is_leaf);
    }
  }
}

TEST(DaneTa, KeyOfASelfSignedLeafInAnotherCertificateIsNoAnchor) {
  auto recipe = support::ca("leaf");
  recipe.dns = {kHost};
  const auto self_signed = make(recipe);
  recipe.until = kNow + 20 * kDay;
  const auto again = make(recipe);
  expect_rejected(judge({self_signed, again}, dane({record(2, 1, 1, again)})),
                  Reason::anchor_is_leaf);
  EXPECT_NE(judge({self_signed, again}, dane({record(2, 0, 1, again)})).outcome,
            Outcome::dane);
}

TEST(DaneTa, CertificateInTheRecordNeedNotBeSent_Rfc7671s5_2_3) {
  const GoodChain good;
  expect_proved(judge({good.leaf, good.middle}, dane({record(2, 0, 0, good.root)})), 2);
  expect_proved(judge({good.leaf}, dane({record(2, 0, 0, good.middle)})), 1);
}

TEST(DaneTa, KeyInTheRecordNeedNotBeSent_Rfc7671s5_2_3) {
  const GoodChain good;
  expect_proved(judge({good.leaf, good.middle}, dane({record(2, 1, 0, good.root)})), 2);
  expect_proved(judge({good.leaf}, dane({record(2, 1, 0, good.middle)})), 1);
}

TEST(DaneTa, AnAnchorInTheRecordAloneIsWarnedOf_Rfc7671s5_2_2) {
  const GoodChain good;
  for (const int selector : support::kSelectors) {
    const auto absent =
        judge({good.leaf, good.middle}, dane({record(2, selector, 0, good.root)}));
    EXPECT_THAT(absent.warnings, testing::Contains(HasSubstr("is not sent")));
    const auto sent = judge(good.sent(), dane({record(2, selector, 0, good.root)}));
    EXPECT_THAT(sent.warnings, testing::IsEmpty());
  }
}

TEST(DaneTa, DigestOfACertificateThatIsNotSentMatchesNothing_Rfc7671s5_2_2) {
  const GoodChain good;
  for (const int selector : support::kSelectors) {
    expect_rejected(
        judge({good.leaf, good.middle}, dane({record(2, selector, 1, good.root)})),
        Reason::mismatch);
  }
}

TEST(DaneTa, AbsentAnchorThatSignedNothingIsAMismatch) {
  const GoodChain good;
  const auto other = make(support::ca("Other"));
  for (const int selector : support::kSelectors) {
    const auto verdict = judge(good.sent(), dane({record(2, selector, 0, other)}));
    expect_rejected(verdict, Reason::mismatch);
    EXPECT_EQ(verdict.notes[0].state, RecordState::unmatched);
  }
}

TEST(DaneTa, LocalTrustStoreIsNoSourceOfAnchors_Rfc7671s5_2_2) {
  const GoodChain good;
  const auto store = support::roots({good.root});
  expect_rejected(
      judge({good.leaf, good.middle}, dane({record(2, 0, 1, good.root)}), &store),
      Reason::mismatch);
}

TEST(DaneTa, AnyOrderOfCertificatesAndStrangers_Rfc8446s4_4_2) {
  const auto root = make(support::ca("R"));
  const auto a = make(support::ca("A", "R"));
  const auto b = make(support::ca("B", "A"));
  const auto stranger = make(support::ca("Stranger"));
  const auto leaf = make(support::leaf("B", {kHost}));
  Certificates rest{root, a, b, stranger};
  std::sort(rest.begin(), rest.end());
  do {
    Certificates chain{leaf};
    chain.insert(chain.end(), rest.begin(), rest.end());
    for (const int selector : support::kSelectors) {
      expect_proved(judge(chain, dane({record(2, selector, 1, root)})), 3);
    }
  } while (std::next_permutation(rest.begin(), rest.end()));
}

TEST(DaneTa, CrossSignedAlternativesEitherAnchorProves_Rfc4158) {
  const auto old_root = make(support::ca("Old"));
  const auto new_root = make(support::ca("New"));
  const auto cross = make(support::ca("New", "Old"));
  const auto middle = make(support::ca("M", "New"));
  const auto leaf = make(support::leaf("M", {kHost}));
  const Certificates chain{leaf, middle, cross, new_root, old_root};
  expect_proved(judge(chain, dane({record(2, 0, 1, old_root)})), 3);
  expect_proved(judge(chain, dane({record(2, 0, 1, new_root)})), 2);
  expect_proved(judge(chain, dane({record(2, 0, 1, cross)})), 2);
  expect_proved(judge(chain, dane({record(2, 1, 1, new_root)})), 2);
}

TEST(DaneTa, ExpiredCrossCertificateDoesNotSpoilTheOtherPath) {
  const auto root = make(support::ca("R"));
  auto expired = support::ca("M", "R");
  expired.until = kNow - kDay;
  const auto good = make(support::ca("M", "R"));
  const auto leaf = make(support::leaf("M", {kHost}));
  for (const auto& chain : {Certificates{leaf, make(expired), good, root},
                            Certificates{leaf, good, make(expired), root}}) {
    expect_proved(judge(chain, dane({record(2, 0, 1, root)})), 2);
  }
}

// The anchor ends a path and stands on it once: what was refused is not judged again with
// the anchor below itself.
TEST(DaneTa, TheAnchorStandsOnAPathOnce) {
  auto recipe = support::leaf("Root", {kHost});
  recipe.until = kNow - kDay;
  const auto root = make(support::ca("Root"));
  const auto verdict = judge({make(recipe), root}, dane({record(2, 0, 1, root)}));
  expect_rejected(verdict, Reason::expired);
  EXPECT_EQ(verdict.signatures, 1U);
  EXPECT_EQ(verdict.depth, 1U);
}

TEST(DaneTa, SelfIssuedIntermediateOfAKeyRolloverIsOnThePath) {
  auto rolled = support::ca("CA", "CA");
  rolled.key.name = "new CA key";
  rolled.signer.name = "CA";
  const auto anchor = make(support::ca("CA"));
  auto leaf = support::leaf("CA", {kHost});
  leaf.signer.name = "new CA key";
  for (const int selector : support::kSelectors) {
    expect_proved(
        judge({make(leaf), make(rolled), anchor}, dane({record(2, selector, 1, anchor)})),
        2);
  }
}

TEST(DaneTa, KeyIdentifiersOrderSameNamedIssuers) {
  const auto root = make(support::ca("R"));
  Certificates chain{{}};
  for (int i = 0; i < 20; ++i) {
    auto decoy = support::ca("M", "R");
    decoy.key.name = "decoy";
    decoy.subject_key_id = "decoy";
    decoy.until = kNow + (11 + i) * kDay;
    chain.push_back(make(decoy));
  }
  auto real = support::ca("M", "R");
  real.subject_key_id = "real";
  auto leaf = support::leaf("M", {kHost});
  leaf.authority_key_id = "real";
  chain[0] = make(leaf);
  chain.push_back(make(real));
  chain.push_back(root);
  expect_proved(judge(chain, dane({record(2, 0, 1, root)})), 2);
}

}  // namespace
}  // namespace verify
