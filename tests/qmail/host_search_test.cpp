#include "src/qmail/host_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <asio/post.hpp>
#include <string>

#include "tests/support/map_source.h"

namespace qmail {
namespace {

using testing::SizeIs;

std::string host(int number) { return "mx" + std::to_string(number) + ".a.example"; }

/// Hosts of one preference, each with an address, and a search for them.
struct Searching {
  explicit Searching(int count) : world(lines(count)) {
    for (int i = 1; i <= count; ++i) hosts.push_back({support::name(host(i)), 10});
    groups = {hosts};
  }
  static std::string lines(int count) {
    std::string out;
    for (int i = 1; i <= count; ++i) {
      out += host(i) + " A 192.0.2." + std::to_string(i) + "\n";
    }
    return out;
  }
  HostSearch search() { return {world.loop, world.resolver, groups}; }

  support::DnsWorld world;
  std::vector<mail::MailHost> hosts;
  std::vector<HostSearch::Group> groups;
};

io::Task<int> pass_turns(io::Loop& loop) {
  for (int i = 0; i < 50; ++i) co_await asio::post(loop, io::kResume);
  co_return 0;
}

TEST(HostSearch, HostsAreLookedUpSideBySideButNotAllOfMany) {
  Searching of(20);
  for (int i = 1; i <= 20; ++i) of.world.source.hold("A " + host(i));
  HostSearch search = of.search();
  search.begin_next();
  (void)of.world.run(pass_turns(of.world.loop));
  EXPECT_THAT(of.world.source.waiting(), SizeIs(HostSearch::kAtOnce));
  for (int i = 1; i <= 20; ++i) of.world.source.release("A " + host(i));
  EXPECT_THAT(of.world.run(search.take()), SizeIs(20));
}

TEST(HostSearch, WhatIsFoundIsInTheOrderOfTheHosts) {
  Searching of(12);
  of.world.source.add(host(2) + " A servfail\n");
  of.world.source.hold("A " + host(1));
  HostSearch search = of.search();
  search.begin_next();
  (void)of.world.run(pass_turns(of.world.loop));
  of.world.source.release("A " + host(1));
  const auto found = of.world.run(search.take());
  ASSERT_THAT(found, SizeIs(12));
  EXPECT_EQ(found[1].error().code, base::Code::servfail);
  for (int i = 1; i <= 12; ++i) {
    const auto& one = found[static_cast<std::size_t>(i - 1)];
    if (i == 2) continue;
    EXPECT_EQ(one->original, support::name(host(i)));
  }
}

TEST(HostSearch, BehindTheLastGroupThereIsNothingToBegin) {
  Searching of(1);
  HostSearch search = of.search();
  search.begin_next();
  search.begin_next();
  EXPECT_THAT(of.world.run(search.take()), SizeIs(1));
  EXPECT_THAT(of.world.source.asked(), SizeIs(2));  // A and AAAA, once
}

}  // namespace
}  // namespace qmail
