#include "src/qmail/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/client/wall_clock.h"
#include "src/tlsrpt/event_days.h"
#include "tests/qmail/home.h"

namespace qmail {
namespace {

using testing::HasSubstr;

const net::Address kAddress = *net::parse_address("192.0.2.1");

tlsrpt::TlsEvent event() {
  tlsrpt::TlsEvent out;
  out.domain = "a.example";
  out.policy = "no-policy-found";
  return out;
}

TEST(Ledger, NothingIsWrittenBeforeItsTime) {
  Home home;
  home.file("deadhosts", "");
  Ledger ledger(home.path("deadhosts"), home.path("tlsrpt"));
  const auto now = client::wall_clock();
  const DeadHosts dead(home.path("deadhosts"));
  dead.failed(kAddress, now - std::chrono::seconds(300));
  ledger.failed(kAddress);
  EXPECT_FALSE(ledger.is_dead(kAddress));
  ledger.write();
  EXPECT_TRUE(ledger.is_dead(kAddress));
  ledger.answered(kAddress);
  ledger.write();
}

TEST(Ledger, AnAddressThatAnswersIsForgotten) {
  Home home;
  home.file("deadhosts", "");
  const auto now = client::wall_clock();
  const DeadHosts dead(home.path("deadhosts"));
  dead.failed(kAddress, now - std::chrono::seconds(300));
  dead.failed(kAddress, now);
  Ledger ledger(home.path("deadhosts"), "");
  EXPECT_TRUE(ledger.is_dead(kAddress));
  ledger.answered(kAddress);
  ledger.write();
  EXPECT_FALSE(ledger.is_dead(kAddress));
}

TEST(Ledger, SessionsGoIntoTheStore) {
  Home home;
  std::filesystem::create_directory(home.path("tlsrpt"));
  Ledger ledger("", home.path("tlsrpt"));
  ledger.add(event());
  ledger.add(event());
  EXPECT_EQ(ledger.trouble(), "");
  const auto today = std::chrono::floor<std::chrono::days>(client::wall_clock());
  ledger.write();
  auto found = tlsrpt::read_events(home.path("tlsrpt"), today).found;
  if (found.events.empty()) {  // midnight came in between
    found = tlsrpt::read_events(home.path("tlsrpt"), today + std::chrono::days(1)).found;
  }
  ASSERT_EQ(found.events.size(), 1U);
  EXPECT_EQ(found.events.front().sessions, 2U);
}

TEST(Ledger, SaysWhySessionsAreNotCounted) {
  Home home;
  home.file("tlsrpt", "a file in the store's place");
  Ledger ledger("", home.path("tlsrpt"));
  EXPECT_EQ(ledger.trouble(), "") << "there is nothing to count";
  ledger.add(event());
  EXPECT_THAT(ledger.trouble(), HasSubstr("TLS session not counted: "));
  Ledger without("", home.path("nowhere"));
  without.add(event());
  EXPECT_EQ(without.trouble(), "") << "nobody asked for reports";
}

}  // namespace
}  // namespace qmail
