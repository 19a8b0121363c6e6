#include "src/audit/slow.h"

#include <gtest/gtest.h>

namespace audit {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kReply{30};

/// An address and a port, and connections there.
class SlowEndpoint : public ::testing::Test {
 protected:
  /// So many, each as long, one after another `apart`.
  void connect(int connections, seconds took, seconds apart) {
    for (int i = 0; i < connections; ++i) {
      now_ += apart;
      endpoints_.count(kPeer, took, now_);
    }
  }
  /// Why it is left alone, so long afterwards.
  std::string why_after(minutes time = minutes(0)) {
    const auto why = endpoints_.find(kPeer, now_ + time);
    return why ? std::string(to_text(why->error.code)) : "";
  }

  /// Somebody who takes a connection and says nothing.
  static Silence in_vain() {
    return {{base::ErrorKind::temporary, base::Code::timeout, "in vain"}, true};
  }

  static inline const net::Endpoint kPeer{*net::parse_address("192.0.2.1"), 25};
  static inline const net::Endpoint kOther{*net::parse_address("192.0.2.1"), 443};
  SlowEndpoints endpoints_{kReply};
  SlowEndpoints::TimePoint now_ = SlowEndpoints::Clock::now();
};

TEST_F(SlowEndpoint, IsGivenUpWhenItsTimeAddsUp) {
  connect(30, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "");
  connect(1, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "too-slow");
  EXPECT_FALSE(endpoints_.find(kOther, now_));
}

TEST_F(SlowEndpoint, IsLeftAloneForTenMinutes) {
  connect(31, minutes(1), seconds(0));
  EXPECT_EQ(why_after(minutes(9)), "too-slow");
  EXPECT_EQ(why_after(minutes(10)), "");
  endpoints_.give_up(kOther, in_vain(), now_);
  const auto why = endpoints_.find(kOther, now_ + minutes(9));
  ASSERT_TRUE(why);
  EXPECT_EQ(why->error.code, base::Code::timeout);
  EXPECT_TRUE(why->connected);
  EXPECT_FALSE(endpoints_.find(kOther, now_ + minutes(10)));
}

TEST_F(SlowEndpoint, HasToShowThatItIsFaster) {
  connect(31, minutes(1), seconds(0));
  now_ += minutes(10);
  connect(4, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "");
  connect(1, minutes(1), seconds(0));
  EXPECT_EQ(why_after(), "too-slow");
}

TEST_F(SlowEndpoint, IsGivenUpIfItIsNeverFree) {
  connect(100, minutes(1), seconds(30));
  EXPECT_EQ(why_after(), "too-slow");
}

TEST_F(SlowEndpoint, IsForgivenAfterAWhile) {
  connect(1000, minutes(1), minutes(2));
  EXPECT_EQ(why_after(), "");
}

TEST_F(SlowEndpoint, IsNotOneThatAnswersAtOnce) {
  connect(100'000, seconds(9), seconds(0));
  EXPECT_EQ(why_after(), "");
  SlowEndpoints impatient(seconds(3));
  for (int i = 0; i < 100; ++i) impatient.count(kPeer, seconds(4), now_);
  EXPECT_FALSE(impatient.find(kPeer, now_));
  for (int i = 0; i < 100; ++i) impatient.count(kPeer, seconds(5), now_);
  EXPECT_TRUE(impatient.find(kPeer, now_));
}

TEST_F(SlowEndpoint, IsNotForgottenForOthers) {
  endpoints_.give_up(kOther, in_vain(), now_);
  connect(31, minutes(1), seconds(0));
  constexpr int kMany = 250'000;
  for (int i = 0; i < kMany; ++i) {
    const net::Endpoint another{*net::parse_address("10." + std::to_string(i / 62'500) +
                                                    "." + std::to_string(i / 250 % 250) +
                                                    "." + std::to_string(i % 250)),
                                25};
    endpoints_.count(another, seconds(10), now_ + std::chrono::milliseconds(i));
  }
  EXPECT_EQ(why_after(minutes(5)), "too-slow");
  EXPECT_TRUE(endpoints_.find(kOther, now_ + minutes(5)));
  EXPECT_LE(endpoints_.size(), 100'000U);
}

}  // namespace
}  // namespace audit
