#include "src/keeper/ticket_secret.h"

#include <gtest/gtest.h>

namespace keeper {
namespace {

using namespace std::chrono_literals;
using Clock = TicketSecret::Clock;

TEST(TicketSecret, TheSameWordsHaveTheSameKey) {
  TicketSecret secret;
  const auto now = Clock::now();
  const base::Bytes key = secret.key_for("mail.example.org", now);
  EXPECT_EQ(key.size(), 64U);
  EXPECT_EQ(secret.key_for("mail.example.org", now), key);
  EXPECT_EQ(secret.key_for("mail.example.org", now + 23h), key);
}

TEST(TicketSecret, OtherWordsHaveAnotherKey) {
  TicketSecret secret;
  const auto now = Clock::now();
  const base::Bytes key = secret.key_for("mail.example.org", now);
  for (const auto* words : {"", "mail.example.org ", "Mail.example.org", "mail"}) {
    EXPECT_NE(secret.key_for(words, now), key) << words;
  }
}

TEST(TicketSecret, NoWordsHaveAKeyToo) {
  TicketSecret secret;
  EXPECT_EQ(secret.key_for({}, Clock::now()).size(), 64U);
}

TEST(TicketSecret, EveryDayHasItsOwnKey) {
  TicketSecret secret;
  const auto now = Clock::now();
  const base::Bytes first = secret.key_for("a", now);
  const base::Bytes second = secret.key_for("a", now + 24h + 1min);
  EXPECT_NE(second, first);
  EXPECT_EQ(secret.key_for("a", now + 48h), second) << "a day from the last change on";
  EXPECT_NE(secret.key_for("a", now + 49h), second);
}

TEST(TicketSecret, NoTwoKeepersHaveTheSameKey) {
  TicketSecret one, other;
  const auto now = Clock::now();
  EXPECT_NE(one.key_for("a", now), other.key_for("a", now));
}

}  // namespace
}  // namespace keeper
