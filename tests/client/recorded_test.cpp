#include "src/client/recorded.h"

#include <gtest/gtest.h>

#include "src/io/run_task.h"
#include "tests/support/peers.h"

namespace client {
namespace {

constexpr std::chrono::sys_seconds kNow = support::kNow;

verify::Certificates chain_of(const char* key) {
  auto recipe = support::leaf("Root", {"mail.example.org"});
  recipe.key = {key};
  return {support::make(recipe)};
}

/// What holds a peer to the key of this chain.
Terms terms_for(const verify::Certificates& chain) {
  Terms out;
  out.facts.state = policy::TlsaState::present;
  out.facts.names = {dns::Name::parse("mail.example.org").value()};
  out.facts.records = {support::record(3, 1, 1, chain.front())};
  out.requirement.records = out.facts.records;
  out.requirement.names = out.facts.names;
  return out;
}

base::Error error(base::Code code) {
  return {base::ErrorKind::temporary, code, "so it is"};
}

RecordedTry shown(const verify::Certificates& chain) {
  RecordedTry out;
  out.progress = Progress::established;
  out.session = tls::SessionFacts();
  out.chain = chain;
  out.server_name = "mail.example.org";
  return out;
}

RecordedTry failed(base::Code code) {
  RecordedTry out;
  out.progress = Progress::tls_begun;
  out.error = error(code);
  return out;
}

base::Result<Connection> again(std::vector<RecordedTry> tries,
                               base::Result<Terms> terms) {
  io::Loop loop(1);
  RecordedConnection recorded;
  recorded.tries = std::move(tries);
  Options options;
  options.moment = kNow;
  const TermsLookup look_up = [&]() -> io::Task<base::Result<Terms>> { co_return terms; };
  return io::run_task(loop, reach_again(std::move(recorded), look_up, options));
}

TEST(Recorded, APeerIsJudgedByTheTermsAndNotByWhatWasThought) {
  const auto chain = chain_of("one");
  const auto proved = again({shown(chain)}, terms_for(chain));
  ASSERT_TRUE(proved);
  EXPECT_TRUE(proved->is_good());
  EXPECT_EQ(proved->seen.verdict->outcome, verify::Outcome::dane);
  EXPECT_EQ(proved->seen.progress, Progress::established);
  const auto refused = again({shown(chain)}, terms_for(chain_of("other")));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->seen.error->code, base::Code::refused);
  EXPECT_EQ(refused->seen.progress, Progress::tls_begun);
}

TEST(Recorded, ARefusalIsNotRecorded) {
  const auto refused = again({shown(chain_of("one"))}, terms_for(chain_of("other")));
  ASSERT_TRUE(refused);
  const RecordedConnection out = recorded(*refused);
  ASSERT_EQ(out.tries.size(), 1U);
  EXPECT_FALSE(out.tries.front().error);
  EXPECT_TRUE(out.tries.front().session);
}

TEST(Recorded, WhatEndedAConnectionStays) {
  const auto chain = chain_of("one");
  const auto broken = again({failed(base::Code::handshake)}, terms_for(chain));
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->seen.error->code, base::Code::handshake);
  EXPECT_FALSE(broken->seen.verdict);
  EXPECT_EQ(recorded(*broken).tries.front().error->code, base::Code::handshake);
}

TEST(Recorded, ALookUpThatFailsComesFirst) {
  const auto out =
      again({shown(chain_of("one"))}, tl::unexpected(error(base::Code::bogus)));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->seen.error->code, base::Code::bogus);
  EXPECT_FALSE(out->seen.verdict);
}

TEST(Recorded, ThereAreAsManyTriesAsFollow) {
  const auto chain = chain_of("one");
  const auto second =
      again({failed(base::Code::key_usage), shown(chain)}, terms_for(chain));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->is_good());
  EXPECT_TRUE(second->requirement.only_dane_ee);
  EXPECT_EQ(second->earlier.size(), 1U);
  for (const auto& tries : {std::vector{failed(base::Code::key_usage)},
                            std::vector{shown(chain), shown(chain)},
                            std::vector{failed(base::Code::handshake), shown(chain)},
                            std::vector<RecordedTry>()}) {
    const auto out = again(tries, terms_for(chain));
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code, base::Code::bad_evidence);
  }
}

TEST(Recorded, NobodyIsProvedWithoutTls) {
  RecordedTry bare;
  bare.progress = Progress::established;
  EXPECT_FALSE(again({bare}, terms_for(chain_of("one"))));
}

TEST(Recorded, ClearTextIsLetPassWhereTlsWasNotRequired_Rfc7672s2_2) {
  RecordedTry plain;
  plain.progress = Progress::connected;
  Terms terms;
  terms.requirement.proof = policy::Proof::nothing;
  terms.requirement.tls = policy::Tls::optional;
  const auto passed = again({plain}, terms);
  ASSERT_TRUE(passed) << passed.error().detail;
  EXPECT_TRUE(passed->is_good());
  EXPECT_FALSE(passed->seen.has_tls());
  terms.requirement.tls = policy::Tls::required;
  EXPECT_FALSE(again({plain}, terms));
  terms.requirement.tls = policy::Tls::optional;
  plain.progress = Progress::established;
  EXPECT_FALSE(again({plain}, terms)) << "TLS that nobody has seen";
}

TEST(Recorded, TheHelloHasTheNameOfTheTerms_Rfc7672s8_1) {
  const auto chain = chain_of("one");
  RecordedTry other = shown(chain);
  other.server_name = "other.example.org";
  EXPECT_FALSE(again({other}, terms_for(chain)));
  other.server_name.reset();
  EXPECT_TRUE(again({other}, terms_for(chain)));
}

}  // namespace
}  // namespace client
