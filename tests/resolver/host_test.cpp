#include "resolver/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/map_source.h"

namespace resolver {
namespace {

using support::DnsWorld;
using support::name;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

base::Result<Host> host(DnsWorld& world, std::string_view which = "mail.example") {
  return world.run(find_host(world.resolver, name(which), Families::both));
}

std::vector<std::string> texts(const std::vector<net::Address>& addresses) {
  std::vector<std::string> out;
  for (const auto& address : addresses) out.push_back(net::to_text(address));
  return out;
}

TEST(FindHost, BothFamiliesAreAsked) {
  DnsWorld world(R"(
    mail.example A    192.0.2.1
    mail.example AAAA 2001:db8::1
  )");
  const auto found = host(world).value();
  EXPECT_THAT(texts(found.addresses), ElementsAre("2001:db8::1", "192.0.2.1"));
  EXPECT_THAT(world.source.asked(),
              UnorderedElementsAre("A mail.example", "AAAA mail.example"));
}

}  // namespace
}  // namespace resolver
