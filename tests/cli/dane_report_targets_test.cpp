#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/report_targets.h"
#include "tests/support/map_source.h"

namespace cli::dane {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ReportTargets, AreAskedForOnceForADomain_Rfc8460s3) {
  auto map = std::make_unique<support::MapSource>(R"(
    _smtp._tls.a.example  TXT  "v=TLSRPTv1; rua=mailto:tls@a.example"
    _smtp._tls.c.example  *    servfail
    b.example             A    192.0.2.1
  )");
  const support::MapSource& source = *map;
  ReportTargets targets(std::make_unique<resolver::Resolver>(std::move(map)));
  targets.ask({"a.example", "b.example", "c.example", "a.example"});
  targets.ask({"a.example"});
  ASSERT_TRUE(targets.of("a.example"));
  EXPECT_TRUE(targets.of("a.example")->valid);
  EXPECT_THAT(targets.of("a.example")->addresses, ElementsAre("tls@a.example"));
  ASSERT_TRUE(targets.of("b.example"));
  EXPECT_FALSE(targets.of("b.example")->valid);
  EXPECT_THAT(targets.of("b.example")->addresses, IsEmpty());
  ASSERT_FALSE(targets.of("c.example"));
  EXPECT_EQ(targets.of("c.example").error().kind, base::ErrorKind::temporary);
  EXPECT_EQ(source.times_asked("TXT _smtp._tls.a.example"), 1U);
}

TEST(ReportTargets, OfWhatIsNoDomainAreAnError) {
  ReportTargets targets(
      std::make_unique<resolver::Resolver>(std::make_unique<support::MapSource>("")));
  targets.ask({"a..b"});
  EXPECT_FALSE(targets.of("a..b"));
}

}  // namespace
}  // namespace cli::dane
