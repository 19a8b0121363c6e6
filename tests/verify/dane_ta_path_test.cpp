// DANE-TA: what the certificates between leaf and anchor must and need not be (RFC 5280
// 6.1, RFC 7671 5.2.1).
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

struct Broken {
  const char* name;
  Reason reason;
  std::function<void(support::Recipe& leaf, support::Recipe& middle)> change;
};

class DaneTaBroken : public testing::TestWithParam<Broken> {};

TEST_P(DaneTaBroken, IsRejectedForItsReason) {
  auto leaf = support::leaf("Middle", {kHost});
  auto middle = support::ca("Middle", "Root");
  GetParam().change(leaf, middle);
  const auto root = make(support::ca("Root"));
  const Certificates chain{make(leaf), make(middle), root};
  for (const int selector : support::kSelectors) {
    expect_rejected(judge(chain, dane({record(2, selector, 1, root)})),
                    GetParam().reason);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, DaneTaBroken,
    testing::Values(
        Broken{"LeafExpired", Reason::expired,
               [](auto& leaf, auto&) { leaf.until = kNow - kDay; }},
        Broken{"LeafNotYetValid", Reason::not_yet_valid,
               [](auto& leaf, auto&) { leaf.from = kNow + kDay; }},
        Broken{"MiddleExpired", Reason::expired,
               [](auto&, auto& middle) { middle.until = kNow - kDay; }},
        Broken{"MiddleNotYetValid", Reason::not_yet_valid,
               [](auto&, auto& middle) { middle.from = kNow + kDay; }},
        Broken{"MiddleIsNoCa", Reason::not_a_ca,
               [](auto&, auto& middle) { middle.ca = false; }},
        Broken{"MiddleHasNoBasicConstraints", Reason::not_a_ca,
               [](auto&, auto& middle) { middle.ca.reset(); }},
        Broken{"MiddleIsVersion1", Reason::not_a_ca,
               [](auto&, auto& middle) { middle.version = 1; }},
        Broken{"MiddleMayNotSign", Reason::not_a_ca,
               [](auto&, auto& middle) { middle.key_usage = GNUTLS_KEY_CRL_SIGN; }},
        Broken{"LeafSignedBySomebodyElse", Reason::bad_signature,
               [](auto& leaf, auto&) { leaf.signer.name = "thief"; }},
        Broken{"LeafNameWrong", Reason::name_mismatch,
               [](auto& leaf, auto&) { leaf.dns = {"other.example.org"}; }},
        Broken{"LeafForClients", Reason::key_purpose,
               [](auto& leaf, auto&) { leaf.purposes = {support::kClientPurpose}; }},
        Broken{"MiddleForClients", Reason::key_purpose,
               [](auto&, auto& middle) { middle.purposes = {support::kClientPurpose}; }},
        Broken{"LeafKeyUsageForCrls", Reason::key_purpose,
               [](auto& leaf, auto&) { leaf.key_usage = GNUTLS_KEY_CRL_SIGN; }},
        Broken{"NameExcluded", Reason::constraint,
               [](auto&, auto& middle) { middle.excluded_dns = {"example.org"}; }},
        Broken{"NameNotPermitted", Reason::constraint,
               [](auto&, auto& middle) { middle.permitted_dns = {"example.net"}; }},
        Broken{
            "UnknownCriticalInLeaf", Reason::constraint,
            [](auto& leaf, auto&) {
              leaf.raw = {{"1.2.3.4.5", base::Bytes{std::byte{5}, std::byte{0}}, true}};
            }},
        Broken{
            "UnknownCriticalInMiddle", Reason::constraint,
            [](auto&, auto& middle) {
              middle.raw = {{"1.2.3.4.5", base::Bytes{std::byte{5}, std::byte{0}}, true}};
            }},
        Broken{"LeafSignedWithSha1", Reason::weak_algorithm,
               [](auto& leaf, auto&) { leaf.sha1 = true; }},
        Broken{"LeafKeyOf1024Bits", Reason::weak_algorithm,
               [](auto& leaf, auto&) { leaf.key.kind = support::Key::Kind::rsa1024; }}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(DaneTa, UnknownExtensionThatIsNotCriticalIsIgnored) {
  const GoodChain good;
  auto leaf = support::leaf("Middle", {kHost});
  leaf.raw = {{"1.2.3.4.5", base::Bytes{std::byte{5}, std::byte{0}}, false}};
  leaf.purposes = {support::kClientPurpose, support::kServerPurpose};
  leaf.key_usage = GNUTLS_KEY_DIGITAL_SIGNATURE;
  expect_proved(judge({make(leaf), good.middle}, dane({record(2, 0, 1, good.middle)})),
                1);
}

TEST(DaneTa, RsaAndEd25519KeysMakePaths) {
  for (const auto kind : {support::Key::Kind::rsa2048, support::Key::Kind::ed25519}) {
    auto anchor = support::ca("CA of another kind");
    anchor.key.kind = kind;
    auto leaf = support::leaf(anchor.subject, {kHost});
    leaf.signer.kind = kind;
    const auto der = make(anchor);
    expect_proved(judge({make(leaf), der}, dane({record(2, 0, 1, der)})), 1);
    expect_proved(judge({make(leaf)}, dane({record(2, 1, 0, der)})), 1);
  }
}

TEST(DaneTa, WeakAnchorKeyIsRejected) {
  auto anchor = support::ca("Weak CA");
  anchor.key.kind = support::Key::Kind::rsa1024;
  auto leaf = support::leaf("Weak CA", {kHost});
  leaf.signer.kind = support::Key::Kind::rsa1024;
  const auto der = make(anchor);
  for (const int selector : support::kSelectors) {
    expect_rejected(judge({make(leaf), der}, dane({record(2, selector, 1, der)})),
                    Reason::weak_algorithm);
  }
}

TEST(DaneTa, ExpiredAnchorFailsBySelectorCertAndWarnsBySelectorSpki_Rfc7671s5_2_1) {
  auto recipe = support::ca("Middle", "Root");
  recipe.until = kNow - kDay;
  const auto expired = make(recipe);
  const GoodChain good;
  expect_rejected(judge({good.leaf, expired}, dane({record(2, 0, 1, expired)})),
                  Reason::expired);
  expect_rejected(judge({good.leaf}, dane({record(2, 0, 0, expired)})), Reason::expired);
  const auto verdict = judge({good.leaf, expired}, dane({record(2, 1, 1, expired)}));
  expect_proved(verdict, 1);
  EXPECT_THAT(verdict.warnings, testing::Contains(HasSubstr("expired 2026-05-31T")));
}

TEST(DaneTa, FieldsOfTheAnchorCountBySelectorCertOnly_Rfc7671s5_2_1) {
  auto limited = support::ca("Root");
  limited.path_length = 0;
  auto constrained = support::ca("Root");
  constrained.permitted_dns = {"example.net"};
  auto no_ca = support::ca("Root");
  no_ca.ca = false;
  const GoodChain good;
  const std::pair<support::Recipe, Reason> cases[] = {{limited, Reason::path_too_long},
                                                      {constrained, Reason::constraint},
                                                      {no_ca, Reason::not_a_ca}};
  for (const auto& [recipe, reason] : cases) {
    const auto anchor = make(recipe);
    const Certificates chain{good.leaf, good.middle, anchor};
    expect_rejected(judge(chain, dane({record(2, 0, 1, anchor)})), reason);
    expect_proved(judge(chain, dane({record(2, 1, 1, anchor)})), 2);
  }
}

TEST(DaneTa, PathLengthConstraintOfAnIntermediate_Rfc5280s4_2_1_9) {
  const auto root = make(support::ca("Root"));
  auto outer = support::ca("Outer", "Root");
  outer.path_length = 0;
  const auto inner = make(support::ca("Inner", "Outer"));
  const auto leaf = make(support::leaf("Inner", {kHost}));
  const Certificates chain{leaf, inner, make(outer), root};
  expect_rejected(judge(chain, dane({record(2, 1, 1, root)})), Reason::path_too_long);
  outer.path_length = 1;
  expect_proved(judge({leaf, inner, make(outer), root}, dane({record(2, 1, 1, root)})),
                3);
}

TEST(DaneTa, DepthLimitCountsIntermediatesOnly) {
  const GoodChain good;
  auto wanted = dane({record(2, 0, 1, good.root)});
  wanted.max_intermediates = 0;
  expect_rejected(judge(good.sent(), wanted), Reason::path_too_long);
  wanted.max_intermediates = 1;
  expect_proved(judge(good.sent(), wanted), 2);
  wanted.records = {record(2, 0, 1, good.middle)};
  wanted.max_intermediates = 0;
  expect_proved(judge(good.sent(), wanted), 1);
}

TEST(DaneTa, Version1CertificateCanBeTheAnchorItself_Rfc5280s6_1_4k) {
  auto recipe = support::ca("Old CA");
  recipe.version = 1;
  const auto anchor = make(recipe);
  const auto leaf = make(support::leaf("Old CA", {kHost}));
  expect_proved(judge({leaf, anchor}, dane({record(2, 0, 1, anchor)})), 1);
}

TEST(DaneTa, AnchorWhoseKeyHasAnotherName_Rfc7671s5_2_1) {
  auto renamed = support::ca("Other name");
  renamed.key.name = "Middle";
  const auto anchor = make(renamed);
  const GoodChain good;
  expect_proved(judge({good.leaf, anchor}, dane({record(2, 1, 1, anchor)})), 1);
  expect_rejected(judge({good.leaf, anchor}, dane({record(2, 0, 1, anchor)})),
                  Reason::no_path);
}

TEST(DaneTa, AnchorKeyThatGnutlsCannotImportIsRejectedWithoutHarm) {
  const GoodChain good;
  const auto known = base::from_hex("2a8648ce3d0201").value();
  const auto unknown = base::from_hex("2a8648ce3d0209").value();
  const auto odd = support::splice(good.middle, known, unknown);
  for (const int selector : support::kSelectors) {
    for (const int matching : {0, 1}) {
      const auto verdict =
          judge({good.leaf, odd}, dane({record(2, selector, matching, odd)}));
      EXPECT_EQ(verdict.outcome, Outcome::rejected);
      EXPECT_THAT(verdict.detail, testing::AnyOf(HasSubstr("cannot be read"),
                                                 HasSubstr("of an unknown kind"),
                                                 HasSubstr("that is not known")))
          << selector << matching;
    }
  }
}

TEST(DaneTa, CertificatesThatAreNoneAreSkipped) {
  const GoodChain good;
  const auto verdict = judge({good.leaf, base::Bytes(5), {}, good.middle},
                             dane({record(2, 0, 1, good.middle)}));
  expect_proved(verdict, 1);
  EXPECT_THAT(verdict.warnings, testing::Contains(HasSubstr("2 of the certificates")));
}

}  // namespace
}  // namespace verify
