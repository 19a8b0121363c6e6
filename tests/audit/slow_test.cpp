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
  /// So many, each as long, one after another `apart`.
  void connect(int connections, seconds took, seconds apart) {
    for (int i = 0; i < connections; ++i) {
      now_ += apart;
      addresses_.count(kAddress, took, now_);
    }
  }
  /// Why it is left alone, so long afterwards.
  std::string why_after(minutes time = minutes(0)) {
    const auto why = addresses_.find(kAddress, now_ + time);
    return why ? why->code : "";
  }

  static inline const net::Address kAddress = *net::parse_address("192.0.2.1");
  static inline const net::Address kOther = *net::parse_address("192.0.2.2");
  SlowAddresses addresses_{kReply};
  io::TimePoint now_ = io::Clock::now();
};

TEST_F(SlowAddress, IsGivenUpWhenItsTimeAddsUp) {
  connect(30, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "");
  connect(1, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "too_slow");
  EXPECT_FALSE(addresses_.find(kOther, now_));
}

TEST_F(SlowAddress, IsLeftAloneForTenMinutes) {
  connect(31, minutes(1), seconds(0));
  EXPECT_EQ(why_after(minutes(9)), "too_slow");
  EXPECT_EQ(why_after(minutes(10)), "");
  addresses_.give_up(kOther, {base::ErrorKind::temporary, "timeout", "in vain"}, now_);
  EXPECT_EQ(addresses_.find(kOther, now_ + minutes(9))->code, "timeout");
  EXPECT_FALSE(addresses_.find(kOther, now_ + minutes(10)));
}

TEST_F(SlowAddress, HasToShowThatItIsFaster) {
  connect(31, minutes(1), seconds(0));
  now_ += minutes(10);
  connect(4, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "");
  connect(1, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "too_slow");
}

TEST_F(SlowAddress, IsGivenUpIfItIsNeverFree) {
  connect(100, minutes(1), seconds(30));
  EXPECT_EQ(why_after(), "too_slow");
}

TEST_F(SlowAddress, IsForgivenAfterAWhile) {
  connect(1000, minutes(1), minutes(2));
  EXPECT_EQ(why_after(), "");
}

TEST_F(SlowAddress, IsNotOneThatAnswersAtOnce) {
  connect(100'000, seconds(4), seconds(0));
  EXPECT_EQ(why_after(), "");
}

TEST_F(SlowAddress, IsNotForgottenForOthers) {
  connect(31, minutes(1), seconds(0));
  for (std::uint32_t i = 0; i < 150'000; ++i) {
    const auto other = net::parse_address("10." + std::to_string(i >> 16U & 255U) + "." +
                                          std::to_string(i >> 8U & 255U) + "." +
                                          std::to_string(i & 255U));
    addresses_.count(*other, seconds(5), now_ + std::chrono::milliseconds(i));
  }
  EXPECT_EQ(why_after(minutes(3)), "too_slow");
}

}  // namespace
}  // namespace audit
