#include "src/qmail/loop_avoidance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qmail {
namespace {

using testing::ElementsAre;

const net::Address kMine = *net::parse_address("192.0.2.1");
const net::Address kOther = *net::parse_address("192.0.2.2");

GroupUse use(const Route& route, std::size_t position,
             const std::vector<net::Address>& addresses) {
  return use_of_group(route, position, addresses,
                      [](const net::Address& address) { return address == kMine; });
}

TEST(LoopAvoidance, TheBestHostBeingThisMachineBounces_Rfc5321s5_1) {
  EXPECT_EQ(use({}, 0, {kMine}), GroupUse::bounce);
  EXPECT_EQ(use({}, 0, {kOther, kMine}), GroupUse::bounce)
      << "one address of one host is enough";
}

TEST(LoopAvoidance, ABackupThatIsThisMachineStopsThere_Rfc5321s5_1) {
  EXPECT_EQ(use({}, 1, {kMine}), GroupUse::stop);
  EXPECT_EQ(use({}, 2, {kOther, kMine, kOther}), GroupUse::stop);
}

TEST(LoopAvoidance, OthersAreUsed) {
  EXPECT_EQ(use({}, 0, {kOther}), GroupUse::use);
  EXPECT_EQ(use({}, 1, {kOther}), GroupUse::use);
  EXPECT_EQ(use({}, 0, {}), GroupUse::use);
}

TEST(LoopAvoidance, ARelayIsTheUsersOwnWord) {
  Route route;
  route.relayed = true;
  EXPECT_EQ(use(route, 0, {kMine}), GroupUse::use) << "another port of this machine";
  EXPECT_EQ(use(route, 1, {kMine}), GroupUse::use);
}

TEST(Preferences, HostsOfOneAreAGroup) {
  const dns::Name name = dns::Name::parse("mx.example").value();
  const std::vector<mail::MailHost> hosts = {
      {name, 5}, {name, 10}, {name, 10}, {name, 20}};
  std::vector<std::size_t> sizes;
  for (const auto group : by_preference(hosts)) sizes.push_back(group.size());
  EXPECT_THAT(sizes, ElementsAre(1, 2, 1));
  EXPECT_EQ(by_preference(hosts)[1].front().preference, 10);
  EXPECT_TRUE(by_preference({}).empty());
}

}  // namespace
}  // namespace qmail
