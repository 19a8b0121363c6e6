#include <gtest/gtest.h>

#include "src/client/second_try.h"
#include "tests/client/flow_case.h"

namespace client {
namespace {

TEST(NextTry, IsMadeForKeyUsageAndForOptionalTls) {
  using enum Progress;
  const SecondTries never;
  const SecondTries if_tls_is_optional{DespiteKeyUsage::try_again,
                                       ClearTextAfterFailure::if_tls_is_optional};
  const SecondTries no_key_usage{DespiteKeyUsage::never, ClearTextAfterFailure::never};
  const base::Error usage{base::ErrorKind::temporary, base::Code::key_usage, ""};
  const base::Error broken{base::ErrorKind::temporary, base::Code::handshake, ""};
  const auto plain = opportunistic().requirement;
  auto required = plain;
  required.tls = policy::Tls::required;
  auto second = plain;
  second.only_dane_ee = true;

  EXPECT_TRUE(next_try(plain, usage, tls_begun, never)->only_dane_ee);
  EXPECT_FALSE(next_try(second, usage, tls_begun, never));
  EXPECT_FALSE(next_try(plain, usage, tls_begun, no_key_usage));
  EXPECT_EQ(next_try(second, usage, tls_begun, if_tls_is_optional)->tls,
            policy::Tls::never);
  EXPECT_EQ(next_try(plain, broken, tls_begun, if_tls_is_optional)->tls,
            policy::Tls::never);
  EXPECT_FALSE(next_try(plain, broken, tls_begun, never));
  EXPECT_FALSE(next_try(required, broken, tls_begun, if_tls_is_optional));
  for (const Progress progress : {nothing, connected, established}) {
    EXPECT_FALSE(next_try(plain, broken, progress, if_tls_is_optional));
  }
}

}  // namespace
}  // namespace client
