#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cli/dane/reasons.h"
#include "src/base/error_code.h"
#include "tests/cli/dane_run.h"
#include "verify/reason.h"

namespace cli::dane {
namespace {

using ::testing::HasSubstr;

std::set<std::string_view> explained() {
  std::set<std::string_view> out;
  for (const ReasonText& reason : reasons()) out.insert(reason.word);
  return out;
}

TEST(Reasons, EveryReasonOfAVerdictIsExplained) {
  const auto words = explained();
  for (int i = 1; i <= static_cast<int>(verify::Reason::name_mismatch); ++i) {
    const auto word = verify::to_text(static_cast<verify::Reason>(i));
    EXPECT_TRUE(words.contains(word)) << word;
  }
}

TEST(Reasons, EveryCodeOfAReportIsExplained) {
  using base::Code;
  const auto words = explained();
  for (const Code code : {Code::bogus,
                          Code::servfail,
                          Code::dns_refused,
                          Code::timeout,
                          Code::rcode,
                          Code::malformed,
                          Code::alias_loop,
                          Code::not_validating,
                          Code::no_address,
                          Code::no_tlsa,
                          Code::no_names,
                          Code::connect,
                          Code::starttls_not_offered,
                          Code::starttls_refused,
                          Code::starttls_injection,
                          Code::protocol,
                          Code::closed,
                          Code::io,
                          Code::handshake,
                          Code::truncated,
                          Code::key_usage}) {
    EXPECT_TRUE(words.contains(base::to_text(code))) << base::to_text(code);
  }
}

TEST(Reasons, EachHasOneExplanationThatSaysSomething) {
  EXPECT_EQ(explained().size(), reasons().size());
  for (const ReasonText& reason : reasons()) {
    EXPECT_THAT(reason.title, ::testing::EndsWith(".")) << reason.word;
    EXPECT_THAT(reason.cure, ::testing::EndsWith(".")) << reason.word;
    EXPECT_NE(reason.source, "") << reason.word;
  }
}

TEST(Explain, AWordThatNobodySaysGetsASuggestion) {
  const auto arguments = cli::testing::arguments(kExplain, {"mismach"});
  const auto got = kExplain.run(arguments);
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().detail, HasSubstr("did you mean mismatch?"));
}

TEST(Arguments, AnOptionThatIsMistypedGetsASuggestion) {
  const auto got = Arguments::parse({"--timout", "3"}, kCheck.options);
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().detail, HasSubstr("did you mean --timeout?"));
}

}  // namespace
}  // namespace cli::dane
