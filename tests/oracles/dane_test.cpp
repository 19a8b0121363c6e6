// DANE by us, by OpenSSL and by libdane on the same generated cases.
#include <gtest/gtest.h>

#include "tests/oracles/disagreements.h"
#include "tests/oracles/verifiers.h"
#include "tests/support/peers.h"

namespace oracles {
namespace {

verify::Verdict ours(const Case& question) {
  auto wanted = support::dane(question.records, question.host);
  const auto store = support::roots({question.root});
  return support::judge(question.sent, wanted, &store);
}

TEST(DaneOracle, OpensslAgreesOrTheListSaysWhy) {
  Disagreements disagreements("openssl-dane");
  each_dane_case([&](const Case& question) {
    const auto verdict = ours(question);
    const auto theirs = openssl_dane(question);
    disagreements.compare(question.name, verify::accepted(verdict.outcome),
                          verdict.detail, theirs.accepted, theirs.why);
  });
  disagreements.finish(1000);
}

TEST(DaneOracle, LibdaneAgreesOrTheListSaysWhy) {
  Disagreements disagreements("libdane");
  each_dane_case([&](const Case& question) {
    const auto verdict = ours(question);
    const auto theirs = libdane(question);
    ASSERT_TRUE(theirs.has_value()) << "libgnutls-dane is not installed";
    disagreements.compare(question.name, verify::accepted(verdict.outcome),
                          verdict.detail, theirs->accepted, theirs->why);
  });
  disagreements.finish(1000);
}

}  // namespace
}  // namespace oracles
