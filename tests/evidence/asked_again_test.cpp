// How much of what was asked again a bundle may have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/evidence/assemble.h"
#include "src/evidence/bundle_bounds.h"
#include "src/evidence/bundle_json.h"
#include "tests/evidence/signed_world.h"

namespace evidence {
namespace {

using testing::HasSubstr;

/// A trail with the addresses of so many hosts.
std::shared_ptr<const Trail> trail_of(std::size_t hosts) {
  auto out = std::make_shared<Trail>();
  for (std::size_t i = 0; i < hosts; ++i) {
    Told told;
    told.name = dns::Name::from_dns("h" + std::to_string(i) + ".example.").value();
    told.type = resolver::Type::a;
    told.security = dns::Security::insecure;
    told.answer = {test::draft(told.name.text() + ".", "A", {"192.0.2.1"}).wire()};
    out->add(std::make_shared<const Told>(std::move(told)));
  }
  return out;
}

/// A bundle that asked for so many hosts so many times again, as it is written.
Bundle bundle_with(std::size_t times, std::size_t hosts) {
  const auto trail = trail_of(hosts);
  Bundle out;
  out.about = out.facts = out.verdict = "{}";
  out.moment = test::kNow;
  out.dns =
      dns_evidence({trail.get()}, std::vector<TrailAgain>(times, {test::kNow, trail}));
  return out;
}

/// Why it is not read; nothing if it is.
std::string why_not(const Bundle& bundle) {
  const auto read = read_bundle(to_json(bundle));
  return read ? "" : read.error().detail;
}

TEST(AskedAgain, AWriterKeepsWithinWhatAReaderTakes) {
  Bundle most = bundle_with(kMostAgain + 5, 2);
  EXPECT_EQ(most.dns.again.size(), kMostAgain);
  EXPECT_EQ(why_not(most), "");
  most.dns.again.push_back(most.dns.again.back());
  EXPECT_THAT(why_not(most), HasSubstr("again"));
}

TEST(AskedAgain, AllAnswersTogetherHaveABoundToo) {
  constexpr std::size_t kHosts = 500;
  Bundle most = bundle_with(20, kHosts);
  EXPECT_EQ(most.dns.again.size(), kMostAnswersAgain / kHosts);
  EXPECT_EQ(why_not(most), "");
  most.dns.again.push_back(most.dns.again.back());
  EXPECT_THAT(why_not(most), HasSubstr("again has too many answers"));
}

}  // namespace
}  // namespace evidence
