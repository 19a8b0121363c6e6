#include "src/audit/addresses.h"

#include <gtest/gtest.h>

#include "tests/audit/hosts.h"

namespace audit {
namespace {

using audit::testing::address;
using audit::testing::failed;
using audit::testing::fails;
using audit::testing::shows;
using audit::testing::Words;
using audit::testing::words_of;
using Addresses = std::vector<net::Address>;

net::Address of(std::string_view text) { return net::parse_address(text).value(); }

bool everywhere(const net::Address& /*unused*/) { return true; }

TEST(AddressPlan, LeavesOutWhatThisMachineHasNoWayTo) {
  const Addresses all = {of("2001:db8::1"), of("192.0.2.1")};
  const auto plan = plan_addresses(all, Reach::everywhere, [](const auto& one) {
    return one.family == net::Family::v4;
  });
  EXPECT_EQ(plan.to_try, Addresses{all[1]});
  EXPECT_EQ(plan.no_route, Addresses{all[0]});
  EXPECT_EQ(plan.untried, 0U);
}

TEST(AddressPlan, LeavesOutWhatIsNotOfTheInternetOnDemand_Rfc6890s2_2) {
  const Addresses all = {of("10.0.0.1"), of("9.9.9.9"), of("::1")};
  const auto plan = plan_addresses(all, Reach::public_only, everywhere);
  EXPECT_EQ(plan.to_try, Addresses{all[1]});
  EXPECT_EQ(plan.out_of_reach, (Addresses{all[0], all[2]}));
  EXPECT_EQ(plan_addresses(all, Reach::everywhere, everywhere).to_try, all);
}

TEST(AddressPlan, TriesAsManyAsASender) {
  Addresses all;
  for (unsigned i = 0; i < 70; ++i) all.push_back(address(i));
  const auto plan = plan_addresses(all, Reach::everywhere, everywhere);
  EXPECT_EQ(plan.to_try.size(), 64U);
  EXPECT_EQ(plan.untried, 6U);
}

TEST(Addresses, ThatWereSeenAndPlannedAreInTheHost) {
  HostSeen host = audit::testing::host_with({audit::testing::stranger()});
  AddressPlan plan;
  plan.untried = 2;
  plan.no_route = {of("2001:db8::1")};
  plan.out_of_reach = {of("10.0.0.1")};
  Shown ours = failed(How::usual, base::Code::connect);
  ours.error->kind = base::ErrorKind::internal;
  AddressSeen not_ours = fails(base::Code::connect);
  put_addresses(
      host, plan,
      {audit::testing::answers({ours}, 5), not_ours, fails(base::Code::too_much)});
  EXPECT_EQ(host.untried, 3U);
  EXPECT_EQ(host.no_route, (Addresses{of("2001:db8::1"), address(5)}));
  EXPECT_EQ(host.out_of_reach, plan.out_of_reach);
  ASSERT_EQ(host.addresses.size(), 1U);
  EXPECT_EQ(host.addresses[0].address, not_ours.address);
  EXPECT_EQ(words_of(host), (Words{"host-many-addresses", "no-route", "no-route",
                                   "private-address", "unreachable"}));
}

TEST(Fault, IsOursWhereNoSocketOrMeansAreLeft) {
  using base::Code;
  using base::ErrorKind;
  EXPECT_TRUE(is_our_fault({ErrorKind::internal, Code::connect, ""}));
  EXPECT_TRUE(is_our_fault({ErrorKind::temporary, Code::local, ""}));
  EXPECT_FALSE(is_our_fault({ErrorKind::temporary, Code::connect, ""}));
  EXPECT_FALSE(is_our_fault({ErrorKind::internal, Code::tls, ""}));
  EXPECT_FALSE(is_our_fault({ErrorKind::temporary, Code::timeout, ""}));
}

}  // namespace
}  // namespace audit
