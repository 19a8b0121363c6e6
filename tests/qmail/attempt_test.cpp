#include "src/qmail/attempt.h"

#include <gtest/gtest.h>

#include "src/qmail/attempt_count.h"
#include "src/qmail/reachability.h"

namespace qmail {
namespace {

AttemptResult failed(base::Code code) {
  AttemptResult out;
  out.report = base::fail(base::ErrorKind::temporary, code, "why");
  return out;
}

TEST(AttemptResult, UntilSomebodySaysOtherwiseItHasFailed) {
  const AttemptResult nothing;
  ASSERT_FALSE(nothing.report);
  EXPECT_EQ(nothing.report.error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(reachability(nothing), Reachability::unknown);
}

// --- of a flow

client::Seen seen(client::Progress progress, std::optional<base::Code> code) {
  client::Seen out;
  out.progress = progress;
  out.error.reset();
  if (code) out.error = base::Error{base::ErrorKind::temporary, *code, "why"};
  return out;
}

client::Connection flow(policy::Tls asked, client::Seen last) {
  client::Connection out;
  out.terms.requirement.tls = asked;
  out.requirement.tls = asked;
  out.seen = std::move(last);
  return out;
}

TEST(AttemptResult, AFlowThatFailedIsAnError) {
  const auto result = attempt_result(flow(
      policy::Tls::required, seen(client::Progress::tls_begun, base::Code::refused)));
  ASSERT_FALSE(result.report);
  EXPECT_EQ(result.report.error().code, base::Code::refused);
  EXPECT_TRUE(result.connected);
  EXPECT_TRUE(result.earlier.empty());
}

TEST(AttemptResult, AFlowThatCameAboutIsNoReportYet) {
  const auto result = attempt_result(
      flow(policy::Tls::required, seen(client::Progress::established, std::nullopt)));
  ASSERT_FALSE(result.report) << "the server has decided nothing";
  EXPECT_EQ(result.report.error().code, base::Code::local);
  EXPECT_TRUE(result.facts.has_tls());
}

TEST(AttemptResult, WhoeverAnsweredOnceWasConnected) {
  using client::Progress;
  const client::Seen silent = seen(Progress::nothing, base::Code::timeout);
  EXPECT_FALSE(attempt_result(flow(policy::Tls::required, silent)).connected);
  EXPECT_TRUE(attempt_result(flow(policy::Tls::required,
                                  seen(Progress::connected, base::Code::greeting)))
                  .connected);
  client::Connection second = flow(policy::Tls::required, silent);
  second.earlier.push_back(seen(Progress::tls_begun, base::Code::key_usage));
  EXPECT_TRUE(attempt_result(second).connected);
}

TEST(AttemptResult, AHandshakeThatClearTextMadeUpForIsKept_Rfc8460s4_3) {
  client::Connection plain =
      flow(policy::Tls::optional, seen(client::Progress::connected, std::nullopt));
  plain.requirement.tls = policy::Tls::never;
  plain.earlier.push_back(seen(client::Progress::tls_begun, base::Code::handshake));
  const auto result = attempt_result(plain);
  ASSERT_EQ(result.earlier.size(), 1U);
  ASSERT_FALSE(result.earlier.front().report);
  EXPECT_EQ(result.earlier.front().report.error().code, base::Code::handshake);
}

TEST(AttemptResult, AHandshakeThatAnotherOneMadeUpForIsNot) {
  client::Connection again =
      flow(policy::Tls::required, seen(client::Progress::established, std::nullopt));
  again.earlier.push_back(seen(client::Progress::tls_begun, base::Code::key_usage));
  EXPECT_TRUE(attempt_result(again).earlier.empty());
  EXPECT_TRUE(attempt_result(flow(policy::Tls::never,
                                  seen(client::Progress::connected, std::nullopt)))
                  .earlier.empty())
      << "where clear text was asked for nothing failed";
}

// --- what it says of the address

TEST(Reachability, OnlySilenceCountsAgainstAnAddress) {
  EXPECT_EQ(reachability(failed(base::Code::timeout)), Reachability::silent);
  EXPECT_EQ(reachability(failed(base::Code::connect)), Reachability::unknown)
      << "a refused connection is no dead host";
}

TEST(Reachability, WhoeverWasConnectedToAnswers) {
  for (const base::Code code :
       {base::Code::timeout, base::Code::refused, base::Code::greeting}) {
    AttemptResult result = failed(code);
    result.connected = true;
    EXPECT_EQ(reachability(result), Reachability::answers);
  }
  AttemptResult taken;
  taken.connected = true;
  taken.report = report_of(MessageState::accepted, "");
  EXPECT_EQ(reachability(taken), Reachability::answers);
}

TEST(AttemptCount, AHostHasABound) {
  AttemptCount count;
  for (std::size_t i = 0; i < AttemptCount::kMostOfHost; ++i) EXPECT_TRUE(count.take());
  EXPECT_FALSE(count.take());
  EXPECT_FALSE(count.take());
  count.next_host();
  EXPECT_TRUE(count.take());
}

TEST(AttemptCount, AMessageHasABound) {
  AttemptCount count;
  std::size_t taken = 0;
  for (int host = 0; host < 100; ++host) {
    count.next_host();
    for (int i = 0; i < 10; ++i) taken += count.take() ? 1 : 0;
  }
  EXPECT_EQ(taken, 256U);
  EXPECT_EQ(AttemptCount::kMostOfHost, 64U);
}

}  // namespace
}  // namespace qmail
