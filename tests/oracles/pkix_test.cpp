// PKIX alone by us, by OpenSSL and by GnuTLS on the same generated chains.
#include <gnutls/gnutls.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/oracles/disagreements.h"
#include "tests/oracles/verifiers.h"
#include "tests/support/peers.h"

namespace oracles {
namespace {

using support::kDay;
using support::kNow;
using support::Recipe;

using Change = std::function<void(Recipe& recipe, std::size_t depth, std::size_t length)>;

Change at(std::size_t depth, std::function<void(Recipe&)> change) {
  return [=](Recipe& recipe, std::size_t here, std::size_t) {
    if (here == depth) change(recipe);
  };
}

Change at_root(std::function<void(Recipe&)> change) {
  return [=](Recipe& recipe, std::size_t here, std::size_t length) {
    if (here + 1 == length) change(recipe);
  };
}

/// Certificates that are each well made and together perhaps no path.
std::vector<std::pair<std::string, Change>> chains() {
  std::vector<std::pair<std::string, Change>> out;
  for (const Variation& variation : variations()) {
    if (variation.host != kHost) continue;
    out.emplace_back(variation.name, variation.certificate);
  }
  const auto permit = [](std::string name) {
    return [=](Recipe& r) { r.permitted_dns = {name}; };
  };
  const auto exclude = [](std::string name) {
    return [=](Recipe& r) { r.excluded_dns = {name}; };
  };
  const auto purpose = [](const char* oid) {
    return [=](Recipe& r) { r.purposes = {oid}; };
  };
  out.emplace_back("permits-it", at(1, permit("example.org")));
  out.emplace_back("permits-other", at(1, permit("example.net")));
  out.emplace_back("excludes-it", at(1, exclude("example.org")));
  out.emplace_back("excludes-other", at(1, exclude("example.net")));
  out.emplace_back("root-permits-other", at_root(permit("example.net")));
  out.emplace_back("root-excludes-it", at_root(exclude("mail.example.org")));
  out.emplace_back("permits-below", at(1, permit(".example.org")));
  out.emplace_back("leaf-server", at(0, purpose(support::kServerPurpose)));
  out.emplace_back("leaf-any-purpose", at(0, purpose("2.5.29.37.0")));
  out.emplace_back("issuer-client-only", at(1, purpose(support::kClientPurpose)));
  out.emplace_back("issuer-server", at(1, purpose(support::kServerPurpose)));
  out.emplace_back("root-client-only", at_root(purpose(support::kClientPurpose)));
  const auto usage = [](unsigned bits) { return [=](Recipe& r) { r.key_usage = bits; }; };
  out.emplace_back("leaf-signs", at(0, usage(GNUTLS_KEY_DIGITAL_SIGNATURE)));
  out.emplace_back("leaf-encrypts", at(0, usage(GNUTLS_KEY_KEY_ENCIPHERMENT)));
  out.emplace_back("leaf-crl-only", at(0, usage(GNUTLS_KEY_CRL_SIGN)));
  out.emplace_back("issuer-crl-only", at(1, usage(GNUTLS_KEY_CRL_SIGN)));
  out.emplace_back("root-crl-only", at_root(usage(GNUTLS_KEY_CRL_SIGN)));
  const auto depth_of = [](int length) {
    return [=](Recipe& r) { r.path_length = length; };
  };
  out.emplace_back("issuer-pathlen-0", at(1, depth_of(0)));
  out.emplace_back("root-pathlen-0", at_root(depth_of(0)));
  out.emplace_back("root-pathlen-1", at_root(depth_of(1)));
  out.emplace_back("leaf-is-a-ca", at(0, [](Recipe& r) { r.ca = true; }));
  out.emplace_back("issuer-v1", at(1, [](Recipe& r) {
                     r.version = 1;
                     r.ca.reset();
                     r.key_usage.reset();
                   }));
  out.emplace_back("leaf-sha1", at(0, [](Recipe& r) { r.sha1 = true; }));
  out.emplace_back("root-sha1", at_root([](Recipe& r) { r.sha1 = true; }));
  out.emplace_back("forged", at(0, [](Recipe& r) { r.signer.name = "thief"; }));
  out.emplace_back("issuer-forged", at(1, [](Recipe& r) { r.signer.name = "thief"; }));
  out.emplace_back("critical-unknown", at(0, [](Recipe& r) {
                     r.raw = {{"1.2.3.4.5", {std::byte{5}, std::byte{0}}, true}};
                   }));
  out.emplace_back("issuer-critical-unknown", at(1, [](Recipe& r) {
                     r.raw = {{"1.2.3.4.5", {std::byte{5}, std::byte{0}}, true}};
                   }));
  return out;
}

/// What is sent of a chain that exists.
std::vector<std::pair<std::string, verify::Certificates>> sendings(
    const verify::Certificates& whole) {
  std::vector<std::pair<std::string, verify::Certificates>> out = {{"full", whole}};
  auto rootless = whole;
  rootless.pop_back();
  out.emplace_back("rootless", rootless);
  auto shuffled = whole;
  std::reverse(shuffled.begin() + 1, shuffled.end());
  out.emplace_back("shuffled", shuffled);
  auto with_stranger = whole;
  with_stranger.insert(with_stranger.begin() + 1, support::make(support::ca("Stranger")));
  out.emplace_back("stranger", with_stranger);
  if (whole.size() > 2) {
    auto gap = whole;
    gap.erase(gap.begin() + 1);
    out.emplace_back("gap", gap);
  }
  return out;
}

struct Question {
  std::string name;
  verify::Certificates sent;
  std::vector<base::Bytes> roots;
};

void each_question(const std::function<void(const Question&)>& take) {
  for (const auto& [name, change] : chains()) {
    for (std::size_t length = 2; length <= 4; ++length) {
      const auto chain = make_chain(length, {name, change, [](auto&) {}, kHost},
                                    support::Key::Kind::p256);
      for (const auto& [how, sent] : sendings(chain.whole)) {
        take({chain.name + " " + how, sent, {chain.whole.back()}});
      }
    }
  }
}

/// Two certificates of one CA with one key: by another root, and by a root of its own.
void each_cross_signed(const std::function<void(const Question&)>& take) {
  const auto wide = [](Recipe recipe) {
    recipe.from = kNow - 1000 * kDay;
    recipe.until = kNow + 20000 * kDay;
    return recipe;
  };
  const auto good_root = support::make(wide(support::ca("Good")));
  const auto other_root = support::make(wide(support::ca("Other")));
  auto same_name = wide(support::ca("Good"));
  same_name.key.name = "another key";
  const auto twin_root = support::make(same_name);
  const auto by_good = support::make(wide(support::ca("Cross", "Good")));
  const auto by_other = support::make(wide(support::ca("Cross", "Other")));
  auto old = wide(support::ca("Cross", "Good"));
  old.until = kNow - kDay;
  const auto by_good_old = support::make(old);
  const auto leaf = support::make(wide(support::leaf("Cross", {kHost})));
  const std::vector<std::pair<std::string, verify::Certificates>> chains = {
      {"good-first", {leaf, by_good, by_other}},
      {"other-first", {leaf, by_other, by_good}},
      {"other-alone", {leaf, by_other}},
      {"old-and-other", {leaf, by_good_old, by_other}},
      {"old-and-good", {leaf, by_good_old, by_good}},
      {"roots-sent", {leaf, by_other, other_root, by_good, good_root}}};
  const std::vector<std::pair<std::string, std::vector<base::Bytes>>> stores = {
      {"good", {good_root}},
      {"other", {other_root}},
      {"both", {good_root, other_root}},
      {"twins", {twin_root, good_root}},
      {"twin", {twin_root}}};
  for (const auto& [how, sent] : chains) {
    for (const auto& [store, roots] : stores) {
      take({"cross-signed " + how + " store " + store, sent, roots});
    }
  }
}

void each(const std::function<void(const Question&)>& take) {
  each_question(take);
  each_cross_signed(take);
}

using Oracle = Answer (*)(const verify::Certificates&, const std::vector<base::Bytes>&,
                          const std::string&);

void compare_with(const std::string& name, Oracle oracle) {
  Disagreements disagreements(name);
  each([&](const Question& question) {
    const auto store = support::roots(question.roots);
    const auto verdict = support::judge(question.sent, support::pkix(kHost), &store);
    const auto theirs = oracle(question.sent, question.roots, kHost);
    disagreements.compare(question.name, verify::accepted(verdict.outcome),
                          verdict.detail, theirs.accepted, theirs.why);
  });
  disagreements.finish(500);
}

TEST(PkixOracle, OpensslAgreesOrTheListSaysWhy) {
  compare_with("openssl-pkix", openssl_pkix);
}

TEST(PkixOracle, GnutlsAgreesOrTheListSaysWhy) {
  compare_with("gnutls-pkix", gnutls_pkix);
}

}  // namespace
}  // namespace oracles
