#include "src/publish/rollover.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/peers.h"

namespace publish {
namespace {

using namespace std::chrono_literals;
using support::make;

/// A chain of two whose leaf has this key.
verify::Certificates chain(const std::string& key, const std::string& issuer) {
  auto leaf = support::leaf(issuer, {"mail.example.org"});
  leaf.key.name = key;
  return {make(leaf), make(support::ca(issuer))};
}

ServerKey server_key(const verify::Certificates& sent) {
  return {source_of(sent[0]), source_of(sent[1])};
}

/// Whether a peer that shows this chain is proved by these records.
bool proves(const std::vector<dns::Tlsa>& rrset, const verify::Certificates& sent) {
  return verify::accepted(support::judge(sent, support::mail(rrset)).outcome);
}

/// At every moment each RRset that anybody may hold must prove each chain that a server
/// may show (RFC 7671 8.1): before the deployment the present one, while it goes on both,
/// after it the next one.
void expect_safe(Scheme scheme, const verify::Certificates& current,
                 const verify::Certificates& next) {
  const auto steps = plan_rollover(scheme, server_key(current), server_key(next), {});
  ASSERT_TRUE(steps) << steps.error().detail;
  bool deployed = false;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const Step& step = steps->at(i);
    if (step.action == Action::deploy) {
      EXPECT_TRUE(proves(step.rrset, current));
      EXPECT_TRUE(proves(step.rrset, next));
      EXPECT_EQ(step.rrset, steps->at(i - 1).rrset) << "nothing changes meanwhile";
      deployed = true;
    }
    EXPECT_TRUE(proves(step.rrset, deployed ? next : current));
    EXPECT_GE(step.certain, step.earliest);
  }
  EXPECT_TRUE(deployed);
}

TEST(Rollover, EveryStepProvesWhatServersShow_Rfc7671s8_1) {
  const auto current = chain("old", "CA");
  expect_safe(Scheme::two_keys, current, chain("new", "CA"));
  expect_safe(Scheme::two_keys, current, chain("new", "Other CA"));
  expect_safe(Scheme::key_and_issuer, current, chain("new", "CA"));
  expect_safe(Scheme::key_and_issuer, current, chain("new", "Other CA"));
}

TEST(Rollover, TheNextKeyWaitsForTwoTtls_Rfc7671s8_1) {
  const Timing timing{30min, 7 * 24h};
  const auto steps = plan_rollover(Scheme::two_keys, server_key(chain("old", "CA")),
                                   server_key(chain("new", "CA")), timing)
                         .value();
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].earliest, 0s);
  EXPECT_EQ(steps[1].earliest, 1h);
  EXPECT_EQ(steps[1].certain, 7 * 24h);
  EXPECT_EQ(steps[0].rrset.size(), 2U);
  EXPECT_EQ(steps[2].rrset.size(), 1U);
}

// Its key need not exist yet: that is what the scheme is for.
TEST(Rollover, OnlyTheIssuerOfTheNextKeyIsAnnounced_Rfc7671s8_1) {
  const auto current = chain("old", "CA"), next = chain("new", "Other CA");
  const auto steps = plan_rollover(Scheme::key_and_issuer, server_key(current),
                                   server_key(next), {30min, 7 * 24h})
                         .value();
  using support::record;
  EXPECT_THAT(steps[0].rrset, testing::ElementsAre(record(3, 1, 1, current[0]),
                                                   record(2, 1, 1, current[1]),
                                                   record(2, 1, 1, next[1])));
  EXPECT_THAT(steps[2].rrset,
              testing::ElementsAre(record(3, 1, 1, next[0]), record(2, 1, 1, next[1])));
}

TEST(Rollover, ShortSignaturesDoNotHasten) {
  const auto steps = plan_rollover(Scheme::two_keys, server_key(chain("old", "CA")),
                                   server_key(chain("new", "CA")), {1h, 10min})
                         .value();
  EXPECT_EQ(steps[1].certain, 2h);
}

TEST(Rollover, TheIssuerMustBeKnownForItsScheme) {
  auto next = server_key(chain("new", "CA"));
  next.issuer.reset();
  const auto steps =
      plan_rollover(Scheme::key_and_issuer, server_key(chain("old", "CA")), next, {});
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().code, base::Code::no_issuer);
  EXPECT_TRUE(plan_rollover(Scheme::two_keys, server_key(chain("old", "CA")), next, {}));
}

}  // namespace
}  // namespace publish
