// The rules of RFC 5280 6.1 that we judge ourselves, asked directly: GnuTLS sees some of
// the same faults, and a test through verify::check would not notice when ours sleeps.
#include "verify/path_rules.h"

#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace verify {
namespace {

using support::kDay;
using support::kNow;
using support::make;
using support::Recipe;

/// Certificates made from recipes, and the path [leaf … anchor] that they are.
class Path {
 public:
  explicit Path(const std::vector<Recipe>& recipes) {
    for (const auto& recipe : recipes) ders_.push_back(make(recipe));
    for (const auto& der : ders_) links_.push_back(make_link(*parse_certificate(der)));
    for (auto& link : links_) path_.push_back(&link);
  }
  [[nodiscard]] Reason reason(const PathRules& rules) const {
    const auto breach = broken_rule(path_, rules);
    return breach ? breach->reason : Reason::none;
  }
  [[nodiscard]] Reason reason() const { return reason({kNow, {}, {}, {}}); }
  [[nodiscard]] std::string detail() const {
    const auto breach = broken_rule(path_, {kNow, {}, {}, {}});
    return breach ? breach->detail : "";
  }

 private:
  std::vector<base::Bytes> ders_;
  std::vector<Link> links_;
  std::vector<Link*> path_;
};

Recipe leaf() { return support::leaf("Middle", {"mail.example.org"}); }
Recipe middle() { return support::ca("Middle", "Root"); }
Recipe root() { return support::ca("Root"); }

// The reason for a path of three of which one certificate is changed.
Reason with_leaf(const std::function<void(Recipe&)>& change) {
  auto recipe = leaf();
  change(recipe);
  return Path({recipe, middle(), root()}).reason();
}
Reason with_middle(const std::function<void(Recipe&)>& change) {
  auto recipe = middle();
  change(recipe);
  return Path({leaf(), recipe, root()}).reason();
}
Reason with_root(const std::function<void(Recipe&)>& change) {
  auto recipe = root();
  change(recipe);
  return Path({leaf(), middle(), recipe}).reason();
}

TEST(PathRules, AGoodPathBreaksNone) {
  EXPECT_EQ(Path({leaf(), middle(), root()}).reason(), Reason::none);
  EXPECT_EQ(Path({leaf(), middle()}).reason(), Reason::none);
}

TEST(PathRules, EveryIssuerIsACaAndTheAnchorToo_Rfc5280s6_1_4k) {
  const auto unsaid = [](Recipe& recipe) { recipe.ca.reset(); };
  const auto denied = [](Recipe& recipe) { recipe.ca = false; };
  EXPECT_EQ(with_middle(unsaid), Reason::not_a_ca);
  EXPECT_EQ(with_middle(denied), Reason::not_a_ca);
  EXPECT_EQ(with_root(unsaid), Reason::not_a_ca);
  EXPECT_EQ(with_root(denied), Reason::not_a_ca);
  EXPECT_EQ(with_leaf(denied), Reason::none);
}

TEST(PathRules, Version1IsACaAsTheAnchorAlone_Rfc5280s6_1_4k) {
  const auto old = [](Recipe& recipe) { recipe.version = 1; };
  EXPECT_EQ(with_root(old), Reason::none);
  EXPECT_EQ(with_middle(old), Reason::not_a_ca);
}

TEST(PathRules, EveryIssuerMaySignCertificates_Rfc5280s6_1_4n) {
  const auto crls = [](Recipe& recipe) { recipe.key_usage = GNUTLS_KEY_CRL_SIGN; };
  const auto unsaid = [](Recipe& recipe) { recipe.key_usage.reset(); };
  EXPECT_EQ(with_middle(crls), Reason::not_a_ca);
  EXPECT_EQ(with_root(crls), Reason::not_a_ca);
  EXPECT_EQ(with_middle(unsaid), Reason::none);
}

TEST(PathRules, TheLengthCountsIntermediatesBelow_Rfc5280s4_2_1_9) {
  const auto none_below = [](Recipe& recipe) { recipe.path_length = 0; };
  EXPECT_EQ(with_middle(none_below), Reason::none);
  EXPECT_EQ(with_root(none_below), Reason::path_too_long);
  EXPECT_EQ(with_root([](Recipe& recipe) { recipe.path_length = 1; }), Reason::none);
}

TEST(PathRules, ASelfIssuedIntermediateIsNotCounted_Rfc5280s6_1_4l) {
  auto rolled = support::ca("Root", "Root");
  rolled.key.name = "rolled";
  auto anchor = root();
  anchor.path_length = 0;
  EXPECT_EQ(Path({support::leaf("Root", {"a.example"}), rolled, anchor}).reason(),
            Reason::none);
}

TEST(PathRules, TheUsersDepthCountsIntermediates) {
  const Path path({leaf(), middle(), root()});
  EXPECT_EQ(path.reason({kNow, {}, 1U, {}}), Reason::none);
  EXPECT_EQ(path.reason({kNow, {}, 0U, {}}), Reason::path_too_long);
  EXPECT_EQ(Path({leaf(), middle()}).reason({kNow, {}, 0U, {}}), Reason::none);
}

TEST(PathRules, ExtensionsOfAllAreReadAndKnown_Rfc5280s6_1_5) {
  const base::Bytes null{std::byte{5}, std::byte{0}};
  const auto critical = [&](Recipe& recipe) { recipe.raw = {{"1.2.3.4", null, true}}; };
  const auto harmless = [&](Recipe& recipe) { recipe.raw = {{"1.2.3.4", null, false}}; };
  const auto broken = [&](Recipe& recipe) { recipe.raw = {{"2.5.29.37", null, false}}; };
  for (const auto& place : {with_leaf, with_middle, with_root}) {
    EXPECT_EQ(place(critical), Reason::constraint);
    EXPECT_EQ(place(broken), Reason::constraint);
    EXPECT_EQ(place(harmless), Reason::none);
  }
}

TEST(PathRules, TheLeafsKeyMaySignOrAgree_Rfc5280s4_2_1_3) {
  for (const unsigned usage : {GNUTLS_KEY_DIGITAL_SIGNATURE, GNUTLS_KEY_KEY_ENCIPHERMENT,
                               GNUTLS_KEY_KEY_AGREEMENT}) {
    EXPECT_EQ(with_leaf([&](Recipe& recipe) { recipe.key_usage = usage; }), Reason::none);
  }
  for (const unsigned usage :
       {GNUTLS_KEY_NON_REPUDIATION, GNUTLS_KEY_CRL_SIGN, GNUTLS_KEY_KEY_CERT_SIGN}) {
    EXPECT_EQ(with_leaf([&](Recipe& recipe) { recipe.key_usage = usage; }),
              Reason::key_purpose);
  }
}

TEST(PathRules, PurposesOfAllAllowATlsServer_Rfc5280s4_2_1_12) {
  const auto client = [](Recipe& recipe) { recipe.purposes = {support::kClientPurpose}; };
  const auto any = [](Recipe& recipe) { recipe.purposes = {"2.5.29.37.0"}; };
  const auto both = [](Recipe& recipe) {
    recipe.purposes = {support::kClientPurpose, support::kServerPurpose};
  };
  for (const auto& place : {with_leaf, with_middle, with_root}) {
    EXPECT_EQ(place(client), Reason::key_purpose);
    EXPECT_EQ(place(any), Reason::none);
    EXPECT_EQ(place(both), Reason::none);
  }
}

TEST(PathRules, AClientIsHeldToWhatClientsMayUse_Rfc5280s4_2_1_12) {
  const auto as_client = [](const std::function<void(Recipe&)>& change) {
    auto recipe = leaf();
    change(recipe);
    PathRules rules{kNow, {}, {}, {}};
    rules.peer_role = policy::PeerRole::client;
    return Path({recipe, middle(), root()}).reason(rules);
  };
  const auto only = [&](const char* purpose) {
    return as_client([&](Recipe& recipe) { recipe.purposes = {purpose}; });
  };
  EXPECT_EQ(only(support::kClientPurpose), Reason::none);
  EXPECT_EQ(only("2.5.29.37.0"), Reason::none);
  EXPECT_EQ(only(support::kServerPurpose), Reason::key_purpose);
  const auto key_usage = [&](unsigned usage) {
    return as_client([&](Recipe& recipe) {
      recipe.purposes.clear();
      recipe.key_usage = usage;
    });
  };
  EXPECT_EQ(key_usage(GNUTLS_KEY_DIGITAL_SIGNATURE), Reason::none);
  EXPECT_EQ(key_usage(GNUTLS_KEY_KEY_ENCIPHERMENT), Reason::key_purpose);
}

TEST(PathRules, AllAreInForce_Rfc5280s6_1_3a2) {
  const auto past = [](Recipe& recipe) { recipe.until = kNow - kDay; };
  const auto future = [](Recipe& recipe) { recipe.from = kNow + kDay; };
  for (const auto& place : {with_leaf, with_middle, with_root}) {
    EXPECT_EQ(place(past), Reason::expired);
    EXPECT_EQ(place(future), Reason::not_yet_valid);
  }
}

TEST(PathRules, ABareKeyHasNoTime_Rfc7671s5_2_1) {
  auto anchor = root();
  anchor.until = kNow - kDay;
  const Path path({leaf(), middle(), anchor});
  EXPECT_EQ(path.reason({kNow, AnchorKind::certificate, {}, {}}), Reason::expired);
  EXPECT_EQ(path.reason({kNow, AnchorKind::key, {}, {}}), Reason::none);
  auto below = middle();
  below.until = kNow - kDay;
  EXPECT_EQ(Path({leaf(), below, root()}).reason({kNow, AnchorKind::key, {}, {}}),
            Reason::expired);
}

TEST(PathRules, NamesStayWithinTheConstraints_Rfc5280s6_1_3) {
  const auto elsewhere = [](Recipe& recipe) { recipe.permitted_dns = {"example.net"}; };
  EXPECT_EQ(with_root(elsewhere), Reason::constraint);
  EXPECT_EQ(with_middle(elsewhere), Reason::constraint);
  auto anchor = root();
  anchor.excluded_dns = {"www.example.net"};
  const Path path({leaf(), middle(), anchor});
  const std::vector<std::string> stands_for = {"www.example.net"};
  EXPECT_EQ(path.reason(), Reason::none);
  EXPECT_EQ(path.reason({kNow, {}, {}, stands_for}), Reason::constraint);
}

// The order is that of Reason: what is told is what is furthest from success.
TEST(PathRules, TheFirstOfManyIsTold) {
  auto first = middle();
  first.ca = false;
  first.until = kNow - kDay;
  auto own = leaf();
  own.purposes = {support::kClientPurpose};
  EXPECT_EQ(Path({own, first, root()}).detail(), "issuer at depth 1 is not a CA");
  first.ca = true;
  EXPECT_EQ(Path({own, first, root()}).detail(),
            "leaf is not for TLS servers (extended key usage)");
  EXPECT_EQ(Path({leaf(), first, root()}).detail(),
            "issuer at depth 1 expired 2026-05-31T12:00:00Z");
}

}  // namespace
}  // namespace verify
