#include "src/audit/slow.h"

#include <gtest/gtest.h>

namespace audit {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kReply{30};

/// An address, and connections to it.
class SlowAddress : public ::testing::Test {
 protected:
  /// So many, each as long, one after another `apart`; whether it has been given up.
  bool is_given_up_after(int connections, seconds took, seconds apart) {
    for (int i = 0; i < connections; ++i) {
      now_ += apart;
      addresses_.count(kAddress, took, now_);
    }
    return addresses_.find(kAddress).has_value();
  }

  static inline const net::Address kAddress = *net::parse_address("192.0.2.1");
  static inline const net::Address kOther = *net::parse_address("192.0.2.2");
  SlowAddresses addresses_{kReply};
  io::TimePoint now_ = io::Clock::now();
};

TEST_F(SlowAddress, IsGivenUpWhenItsTimeAddsUp) {
  EXPECT_FALSE(is_given_up_after(30, minutes(1), seconds(0)));
  EXPECT_TRUE(is_given_up_after(1, minutes(1), seconds(0)));
  EXPECT_EQ(addresses_.find(kAddress)->code, "too_much");
  EXPECT_FALSE(addresses_.find(kOther));
}

TEST_F(SlowAddress, IsGivenUpIfItIsNeverFree) {
  EXPECT_TRUE(is_given_up_after(100, minutes(1), seconds(30)));
}

TEST_F(SlowAddress, IsForgivenAfterAWhile) {
  EXPECT_FALSE(is_given_up_after(1000, minutes(1), minutes(2)));
}

TEST_F(SlowAddress, IsNotOneThatAnswersAtOnce) {
  EXPECT_FALSE(is_given_up_after(100'000, seconds(4), seconds(0)));
}

TEST_F(SlowAddress, IsGivenUpForTenMinutes) {
  now_ -= minutes(11);
  EXPECT_FALSE(is_given_up_after(31, minutes(1), seconds(0)));
  addresses_.give_up(kAddress, {base::ErrorKind::temporary, "timeout", "in vain"});
  EXPECT_EQ(addresses_.find(kAddress)->code, "timeout");
}

}  // namespace
}  // namespace audit
