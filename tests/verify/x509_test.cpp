// What we rely on in GnuTLS's verification of signatures, and what it leaves to
// path_rules.h and name_constraints.h.
#include "verify/x509.h"

#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include <deque>

#include "tests/support/peers.h"
#include "verify/signatures.h"

namespace verify {
namespace {

using support::make;

Reason judge_path(const Certificates& path) {
  std::deque<Link> links;
  std::vector<Link*> pointers;
  for (const auto& der : path) {
    pointers.push_back(&links.emplace_back(make_link(parse_certificate(der).value())));
  }
  return check_signatures(pointers);
}

TEST(X509, JudgesSignaturesUpToTheAnchor) {
  const support::GoodChain good;
  EXPECT_EQ(judge_path(good.sent()), Reason::none);
  EXPECT_EQ(judge_path({good.leaf, good.middle}), Reason::none);
  auto forged = support::leaf("Middle", {"mail.example.org"});
  forged.signer.name = "thief";
  EXPECT_EQ(judge_path({make(forged), good.middle, good.root}), Reason::bad_signature);
  EXPECT_EQ(judge_path({good.leaf, good.root}), Reason::no_path);
}

TEST(X509, SyntheticAnchorStandsForAKey_Rfc7671s5_2_3) {
  const support::GoodChain good;
  const auto subject = parse_certificate(good.leaf)->issuer;
  const auto synthetic = x509::certificate_for_key(subject, support::spki_of({"Middle"}));
  ASSERT_TRUE(parse_certificate(synthetic).has_value());
  EXPECT_EQ(judge_path({good.leaf, synthetic}), Reason::none);
  const auto wrong = x509::certificate_for_key(subject, support::spki_of({"Other"}));
  EXPECT_EQ(judge_path({good.leaf, wrong}), Reason::bad_signature);
}

TEST(X509, CannotReadWhatIsNoCertificate) {
  EXPECT_EQ(x509::import({}), nullptr);
  EXPECT_EQ(x509::import(base::Bytes(8)), nullptr);
}

// If one of these begins to fail, GnuTLS has learnt it: path_rules.h need not change.
TEST(X509, GnutlsLeavesTheseToUs) {
  const support::GoodChain good;
  auto middle = support::ca("Middle", "Root");
  middle.purposes = {support::kClientPurpose};
  EXPECT_EQ(judge_path({good.leaf, make(middle), good.root}), Reason::none);
  auto leaf = support::leaf("Middle", {"mail.example.org"});
  leaf.key_usage = GNUTLS_KEY_CRL_SIGN;
  EXPECT_EQ(judge_path({make(leaf), good.middle, good.root}), Reason::none);
  leaf.key_usage.reset();
  leaf.purposes = {support::kClientPurpose};
  EXPECT_EQ(judge_path({make(leaf), good.middle, good.root}), Reason::none);
  leaf.purposes.clear();
  leaf.until = support::kNow - support::kDay;
  EXPECT_EQ(judge_path({make(leaf), good.middle, good.root}), Reason::none);
}

// Path lengths and name constraints are judged elsewhere, and GnuTLS is not to interfere.
TEST(X509, GnutlsIsNotAskedForLengthsAndNames) {
  auto rolled = support::ca("Root", "Root");
  rolled.key.name = "rolled";
  auto root = support::ca("Root");
  root.path_length = 0;
  root.permitted_dns = {"example.net"};
  auto leaf = support::leaf("Root", {"mail.example.org"});
  leaf.signer.name = "rolled";
  EXPECT_EQ(judge_path({make(leaf), make(rolled), make(root)}), Reason::none);
  root.signer.name = "";
  leaf.signer.name = "thief";
  EXPECT_EQ(judge_path({make(leaf), make(root)}), Reason::bad_signature);
}

// RFC 5280 4.2.1.1 makes key identifiers a help, not a condition; GnuTLS is stricter, and
// so are we, also where the issuer has name constraints.
TEST(X509, GnutlsIsStricterHere) {
  const support::GoodChain good;
  auto middle = support::ca("Middle", "Root");
  middle.authority_key_id = "one";
  auto root = support::ca("Root");
  root.subject_key_id = "other";
  EXPECT_EQ(judge_path({good.leaf, make(middle), make(root)}), Reason::no_path);
  root.permitted_dns = {"example.org"};
  EXPECT_EQ(judge_path({good.leaf, make(middle), make(root)}), Reason::no_path);
  root.subject_key_id = "one";
  EXPECT_EQ(judge_path({good.leaf, make(middle), make(root)}), Reason::none);
}

TEST(X509, AKeyThatCannotHaveSignedIsABadSignature) {
  using Kind = support::Key::Kind;
  const support::GoodChain good;
  for (const auto kind : {Kind::rsa2048, Kind::ed25519}) {
    auto middle = support::ca("Middle", "Root");
    middle.key.kind = kind;
    EXPECT_EQ(judge_path({good.leaf, make(middle), good.root}), Reason::bad_signature);
    middle.permitted_dns = {"example.org"};
    EXPECT_EQ(judge_path({good.leaf, make(middle), good.root}), Reason::bad_signature);
  }
}

TEST(X509, WeaknessIsToldOfWhatIsSignedOnly) {
  using Kind = support::Key::Kind;
  auto root = support::ca("Root");
  root.key = {"weak", Kind::rsa1024};
  root.signer = root.key;
  auto leaf = support::leaf("Root", {"mail.example.org"});
  leaf.signer = root.key;
  EXPECT_EQ(judge_path({make(leaf), make(root)}), Reason::weak_algorithm);
  leaf.signer.name = "another";
  EXPECT_EQ(judge_path({make(leaf), make(root)}), Reason::bad_signature);
}

// A v3 anchor without BasicConstraints passes GnuTLS; path_rules.h refuses it.
TEST(X509, GnutlsTakesAnAnchorWithoutBasicConstraints) {
  const support::GoodChain good;
  auto root = support::ca("Root");
  root.ca.reset();
  EXPECT_EQ(judge_path({good.leaf, good.middle, make(root)}), Reason::none);
}

}  // namespace
}  // namespace verify
