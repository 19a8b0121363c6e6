#include "src/qmail/circumstances.h"

#include <gtest/gtest.h>

namespace qmail {
namespace {

using dns::Security;
using verify::Outcome;

Route route(Security security) {
  Route out;
  out.hosts.security = security;
  return out;
}

TEST(Circumstances, InsecureMxRecords_Rfc7672s2_2_1) {
  EXPECT_FALSE(circumstances_for(route(Security::secure), {}).insecure_mx);
  EXPECT_TRUE(circumstances_for(route(Security::insecure), {}).insecure_mx);
  EXPECT_TRUE(circumstances_for(route(Security::indeterminate), {}).insecure_mx);
}

TEST(Circumstances, WhatTheUserNamedIsBehindNoMx) {
  MailPolicy pinned;
  pinned.pinned.emplace();
  EXPECT_FALSE(circumstances_for(route(Security::insecure), pinned).insecure_mx);
  Route literal = route(Security::insecure);
  literal.literal = net::parse_address("192.0.2.1");
  EXPECT_FALSE(circumstances_for(literal, {}).insecure_mx);
}

TEST(Circumstances, TheLineOfThePolicyIsKept) {
  MailPolicy policy;
  policy.source = "danepolicy: *:may";
  EXPECT_EQ(circumstances_for(route(Security::secure), policy).policy, policy.source);
}

std::string proof(std::optional<Outcome> outcome, const Circumstances& circumstances) {
  client::Seen facts;
  facts.error.reset();
  facts.progress = client::Progress::established;
  facts.session.emplace();
  facts.session->protocol = "TLSv1.3";
  facts.session->cipher = "SUITE";
  if (outcome) {
    facts.verdict.emplace();
    facts.verdict->outcome = *outcome;
    facts.verdict->detail = "by x";
  }
  return proof_text(facts, circumstances);
}

TEST(ProofText, SaysWhatWasProved) {
  EXPECT_EQ(proof(Outcome::dane, {}), "Verified: by x, TLSv1.3 SUITE");
  EXPECT_EQ(proof(Outcome::dane_and_pkix, {}), "Verified: by x, TLSv1.3 SUITE");
  EXPECT_EQ(proof(Outcome::pkix, {}), "Trusted: by x, TLSv1.3 SUITE");
  EXPECT_EQ(proof(Outcome::unauthenticated, {}), "Untrusted, TLSv1.3 SUITE");
  EXPECT_EQ(proof(std::nullopt, {}), "Untrusted, TLSv1.3 SUITE");
  EXPECT_EQ(proof(Outcome::rejected, {}), "Untrusted, TLSv1.3 SUITE");
}

TEST(ProofText, BehindAnInsecureMxItIsNoProofOfTheDomain_Rfc7672s2_2_1) {
  EXPECT_EQ(proof(Outcome::dane, {"", true}),
            "Verified: by x, behind an MX record without DNSSEC, TLSv1.3 SUITE");
  EXPECT_EQ(proof(Outcome::pkix, {"", true}), "Trusted: by x, TLSv1.3 SUITE");
}

TEST(ProofText, AnExceptionIsInTheLog_Rfc7672s9_1) {
  EXPECT_EQ(proof(Outcome::pkix, {"danepolicy: x", false}),
            "Trusted: by x, TLSv1.3 SUITE (danepolicy: x)");
  EXPECT_EQ(proof_text({}, {"danepolicy: x", false}), "Plain (danepolicy: x)");
  EXPECT_EQ(proof_text({}, {}), "Plain");
}

}  // namespace
}  // namespace qmail
