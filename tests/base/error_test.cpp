#include "src/base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "src/base/security.h"

namespace base {
namespace {

TEST(Error, ExitStatusOfEachKind) {
  EXPECT_EQ(exit_status(ErrorKind::usage), 100);
  EXPECT_EQ(exit_status(ErrorKind::permanent), 100);
  EXPECT_EQ(exit_status(ErrorKind::temporary), 111);
  EXPECT_EQ(exit_status(ErrorKind::internal), 111);
}

TEST(Error, ContextComesInFront) {
  const Error inner{ErrorKind::temporary, base::Code::timeout, "no answer in time"};
  const Error outer = inner.in("TLSA _25._tcp.example");
  EXPECT_EQ(outer.kind, ErrorKind::temporary);
  EXPECT_EQ(outer.code, base::Code::timeout);
  EXPECT_EQ(outer.detail, "TLSA _25._tcp.example: no answer in time");
}

TEST(Error, FailMakesAResultWithoutValue) {
  const Result<int> result = fail(ErrorKind::usage, base::Code::usage, "what");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::Code::usage);
  EXPECT_EQ(Error().kind, ErrorKind::internal)
      << "what nobody filled in is no permission";
}

TEST(Error, SystemMessagesAreThoseOfTheKernel) {
  EXPECT_EQ(system_message(ECONNREFUSED), "Connection refused");
}

TEST(Security, LeastTrustedFirst) {
  using dns::Security;
  EXPECT_LT(Security::bogus, Security::indeterminate);
  EXPECT_LT(Security::indeterminate, Security::insecure);
  EXPECT_LT(Security::insecure, Security::secure);
  EXPECT_EQ(Security(), Security::bogus);
}

TEST(Security, Words) {
  EXPECT_EQ(dns::to_text(dns::Security::bogus), "bogus");
  EXPECT_EQ(dns::to_text(dns::Security::indeterminate), "indeterminate");
  EXPECT_EQ(dns::to_text(dns::Security::insecure), "insecure");
  EXPECT_EQ(dns::to_text(dns::Security::secure), "secure");
}

}  // namespace
}  // namespace base
