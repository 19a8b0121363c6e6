#include "src/qmail/failure_log.h"

#include <gtest/gtest.h>

namespace qmail {
namespace {

base::Error error(base::Code code) { return {base::ErrorKind::temporary, code, "why"}; }

bool lookups_failed(base::Code code, Stage stage) {
  FailureLog log;
  log.add("mx.example", error(code), stage);
  return log.lookups_failed();
}

TEST(FailureLog, AnotherResolverMightHelpWhereNobodyAnswered) {
  for (const Stage stage : {Stage::addresses, Stage::records}) {
    EXPECT_TRUE(lookups_failed(base::Code::servfail, stage));
    EXPECT_TRUE(lookups_failed(base::Code::timeout, stage));
    EXPECT_FALSE(lookups_failed(base::Code::bogus, stage)) << "each would find that";
  }
  EXPECT_FALSE(lookups_failed(base::Code::timeout, Stage::connection))
      << "a mail host that is silent is no resolver";
}

TEST(FailureLog, OneFailedLookUpIsEnough) {
  FailureLog log;
  EXPECT_FALSE(log.lookups_failed());
  log.add("a.example", error(base::Code::servfail), Stage::addresses);
  log.add("b.example", error(base::Code::connect), Stage::connection);
  log.add_route(error(base::Code::bogus));
  EXPECT_TRUE(log.lookups_failed());
  EXPECT_EQ(log.all().size(), 2U);
}

TEST(FailureLog, MailHostsThatCannotBeLookedUp) {
  FailureLog log;
  log.add_route(error(base::Code::bogus));
  EXPECT_FALSE(log.lookups_failed());
  log.add_route(error(base::Code::servfail));
  EXPECT_TRUE(log.lookups_failed());
}

TEST(FailureLog, TheReasonOfAnAttemptIsTheVerdicts) {
  FailureLog log;
  verify::Verdict verdict;
  verdict.reason = verify::Reason::name_mismatch;
  log.add_attempt("mx.example", error(base::Code::refused), verdict);
  EXPECT_EQ(log.all().front().reason, "name-mismatch");
  EXPECT_EQ(log.all().front().stage, Stage::connection);
  EXPECT_FALSE(log.lookups_failed());
}

}  // namespace
}  // namespace qmail
