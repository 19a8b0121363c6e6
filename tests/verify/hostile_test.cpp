// What a hostile peer sends must end, and never well. Nothing here reads a clock: a
// search without bounds over these chains would not end before the test runner ends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"
#include "verify/der.h"
#include "verify/oids.h"
#include "verify/x509.h"

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
    for (const int selector : support::kSelectors) {
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

TEST(Hostile, AllRecordsShareOneBudgetOfSteps) {
  // Certificates that all issue each other, and anchors that have issued none.
  Certificates chain = {make(support::leaf("N", {"mail.example.org"}))};
  for (int i = 0; i < 12; ++i) {
    support::Recipe recipe = support::ca("N");
    recipe.key = {"n" + std::to_string(i)};
    chain.push_back(make(recipe));
  }
  std::vector<dns::Tlsa> records;
  for (int i = 0; i < 20; ++i) {
    records.push_back(record(2, 0, 0, make(support::ca("Foreign" + std::to_string(i)))));
  }
  Context context{kNow, nullptr, {}};
  context.budget.steps = 500;
  const auto verdict = check(chain, dane(records), context);
  EXPECT_EQ(verdict.outcome, Outcome::rejected);
  EXPECT_EQ(verdict.steps, 500U);
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
            Reason::too_many_names);
}

// A SubjectAltName of so many names of other hosts.
support::RawExtension names(int count) {
  base::Bytes entries;
  for (int i = 0; i < count; ++i) {
    const auto text = std::to_string(i) + ".example.net";
    const auto entry = der::encode(der::context(2), {base::as_bytes(text)});
    entries.insert(entries.end(), entry.begin(), entry.end());
  }
  return {"2.5.29.17", der::encode(der::kSequence, {entries}), false};
}

TEST(Hostile, AMillionNamesAreNotLookedInto) {
  const GoodChain good;
  // GnuTLS is not asked to make so large a certificate: it need not even be signed.
  const auto template_der = good.leaf;
  const auto certificate = parse_certificate(template_der).value();
  const auto value = names(1'000'000);
  const auto extension =
      der::encode(der::kSequence, {der::encode(der::kOid, {oid::kSubjectAltName}),
                                   der::encode(der::kOctetString, {value.value})});
  const auto extensions =
      der::encode(der::constructed(3), {der::encode(der::kSequence, {extension})});
  const auto version =
      der::encode(der::constructed(0), {der::encode(der::kInteger, {oid::make(2)})});
  const auto serial = der::encode(der::kInteger, {oid::make(1)});
  const auto algorithm =
      der::encode(der::kSequence, {der::encode(der::kOid, {oid::kSha256Ecdsa})});
  const auto validity = der::encode(der::kSequence, {certificate.validity});
  const auto tbs = der::encode(der::kSequence,
                               {version, serial, algorithm, certificate.issuer, validity,
                                certificate.subject, certificate.spki, extensions});
  const auto signature = der::encode(der::kBitString, {oid::make(0, 0)});
  const auto leaf = der::encode(der::kSequence, {tbs, algorithm, signature});
  const auto by_anchor = judge({leaf, good.middle}, dane({record(2, 0, 1, good.middle)}));
  EXPECT_EQ(by_anchor.reason, Reason::budget_exhausted) << by_anchor.detail;
  EXPECT_THAT(by_anchor.presented, testing::SizeIs(33));
  EXPECT_EQ(judge({leaf}, dane({record(3, 1, 1, leaf)})).outcome, Outcome::dane);
}

// An intermediate with this RSA key, which signs nothing.
base::Bytes slow_issuer(std::size_t modulus_octets, std::size_t exponent_octets,
                        base::ByteView name = oid::kRsa) {
  const base::Bytes modulus(modulus_octets, std::byte{0x7f});
  const base::Bytes exponent(exponent_octets, std::byte{0x7f});
  const auto key = der::encode(der::kSequence, {der::encode(der::kInteger, {modulus}),
                                                der::encode(der::kInteger, {exponent})});
  const auto algorithm =
      der::encode(der::kSequence, {der::encode(der::kOid, {name}), oid::make(5, 0)});
  const auto spki = der::encode(
      der::kSequence, {algorithm, der::encode(der::kBitString, {oid::make(0), key})});
  const auto leaf = make(support::leaf("Middle", {"mail.example.org"}));
  return x509::certificate_for_key(parse_certificate(leaf)->issuer, spki);
}

TEST(Hostile, SlowKeysAreNotUsed) {
  const GoodChain good;
  const std::pair<std::size_t, std::size_t> sizes[] = {{4096, 3}, {512, 512}, {1024, 9}};
  for (const auto& [modulus, exponent] : sizes) {
    const auto issuer = slow_issuer(modulus, exponent);
    const auto verdict = judge({good.leaf, issuer}, dane({record(2, 0, 1, issuer)}));
    EXPECT_EQ(verdict.reason, Reason::budget_exhausted) << modulus << verdict.detail;
  }
  for (const auto name : {base::ByteView(oid::kRsaPss), base::ByteView(oid::kX500Rsa),
                          base::ByteView(oid::kDsa)}) {
    const auto issuer = slow_issuer(1500, 1500, name);
    const auto verdict = judge({good.leaf, issuer}, dane({record(2, 0, 1, issuer)}));
    EXPECT_EQ(verdict.reason, Reason::budget_exhausted) << verdict.detail;
  }
  const auto fair = slow_issuer(256, 3);
  EXPECT_NE(judge({good.leaf, fair}, dane({record(2, 0, 1, fair)})).reason,
            Reason::budget_exhausted);
}

TEST(Hostile, ManyConstraintsAreNotComparedWithManyNames) {
  auto root = support::ca("Root");
  for (int i = 0; i < 1000; ++i) {
    root.excluded_dns.push_back(std::to_string(i) + ".example.com");
  }
  const auto anchor = make(root);
  auto leaf = support::leaf("Root", {});
  leaf.raw = {names(3000)};
  const auto verdict =
      judge({make(leaf), anchor}, dane({record(2, 0, 1, anchor)}, "7.example.net"));
  EXPECT_EQ(verdict.reason, Reason::budget_exhausted) << verdict.detail;
  leaf.raw = {names(500)};
  EXPECT_EQ(judge({make(leaf), anchor}, dane({record(2, 0, 1, anchor)}, "7.example.net"))
                .outcome,
            Outcome::dane);
}

}  // namespace
}  // namespace verify
