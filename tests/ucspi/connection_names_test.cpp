#include "src/ucspi/connection_names.h"

#include <gtest/gtest.h>

#include "tests/support/map_source.h"

namespace ucspi {
namespace {

using support::DnsWorld;

ConnectionNames names() {
  ConnectionNames out;
  out.local = {*net::parse_address("192.0.2.1"), 40000};
  out.remote = {*net::parse_address("192.0.2.2"), 443};
  return out;
}

ConnectionNames learned(DnsWorld& world, WantedNames wanted) {
  NameLearner learner(world.loop, world.resolver, std::move(wanted));
  return world.run(learner.learn(names()));
}

TEST(NameLearner, AsksForTheNamesOfBothEnds) {
  DnsWorld world(R"(
    1.2.0.192.in-addr.arpa  PTR  here.example.org
    2.2.0.192.in-addr.arpa  PTR  mail.example.org
  )");
  const auto got = learned(world, {});
  EXPECT_EQ(got.local_host, "here.example.org");
  EXPECT_EQ(got.remote_host, "mail.example.org");
  EXPECT_EQ(got.remote_info, std::nullopt);
}

TEST(NameLearner, AsksForNothingThatIsKnownOrNotWanted) {
  DnsWorld world("");
  const auto got = learned(world, {"me.example", false, false, {}});
  EXPECT_EQ(got.local_host, "me.example");
  EXPECT_EQ(got.remote_host, std::nullopt);
  EXPECT_TRUE(world.source.asked().empty());
}

// Whoever has the reverse zone writes what he likes there, and scripts print it.
TEST(NameLearner, WhatIsNoHostNameIsNone) {
  DnsWorld world(R"(
    1.2.0.192.in-addr.arpa  PTR  _here.example.org
    2.2.0.192.in-addr.arpa  PTR  $(rm).example.org
  )");
  const auto got = learned(world, {});
  EXPECT_EQ(got.local_host, "");
  EXPECT_EQ(got.remote_host, "");
}

TEST(NameLearner, NoNameIsAnotherThingThanALookUpThatFails) {
  DnsWorld world("2.2.0.192.in-addr.arpa  PTR  servfail");
  const auto got = learned(world, {});
  EXPECT_EQ(got.local_host, "") << "there is none";
  EXPECT_EQ(got.remote_host, std::nullopt) << "nobody knows";
}

}  // namespace
}  // namespace ucspi
