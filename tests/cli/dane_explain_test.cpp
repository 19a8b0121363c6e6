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
                          Code::no_chain,
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
    EXPECT_THAT(reason.cure, ::testing::AnyOf("", ::testing::EndsWith(".")))
        << reason.word;
    EXPECT_NE(reason.source, "") << reason.word;
  }
}

std::string told(const std::string& word) {
  return cli::testing::run(kExplain, {word}).text;
}

TEST(Explain, EachWordHasACure) {
  for (const ReasonText& reason : reasons()) {
    EXPECT_THAT(told(std::string(reason.word)), ::testing::ContainsRegex("  Cure +[A-Z]"))
        << reason.word;
  }
}

TEST(Explain, KnowsTheWordsThatPeopleRead) {
  for (const char* word :
       {"protected", "partly protected", "no DANE", "could-not-tell"}) {
    EXPECT_THAT(told(word), HasSubstr(", a grade of dane audit\n")) << word;
  }
}

TEST(Explain, NothingIsSaidTwice) {
  EXPECT_EQ(
      told("mismatch"),
      "mismatch, a reason in reports and a finding of dane audit\n"
      "  Cause    None of the TLSA records matches what the server shows.\n"
      "  Look     dane check HOST PORT, dane audit -v DOMAIN\n"
      "  Cure     If nobody changed the server's key, find out first who answers at\n"
      "           this address. Else publish 3 1 1 of the present key, which works when\n"
      "           the old TTL has passed, or put the published key back. Where a record\n"
      "           names an issuer (usage 2), send the chain up to it.\n"
      "  Source   RFC 7671 4, RFC 7672 2.2\n");
  EXPECT_THAT(told("expired"), HasSubstr("for the present key. A record 3 1 1 does"));
  EXPECT_THAT(told("bad-input"),
              ::testing::StartsWith("bad-input, a grade and a finding of dane "
                                    "audit\n  Cause    The word is no domain name.\n"));
}

TEST(Explain, AWordWithTwoMeaningsHasBoth) {
  const std::string text = told("refused");
  EXPECT_THAT(text, HasSubstr("refused, a reason in reports\n"));
  EXPECT_THAT(text, HasSubstr("\n\nrefused, a finding of dane audit\n"));
}

TEST(Explain, AWordThatNobodySaysGetsASuggestion) {
  const auto arguments = cli::testing::arguments(kExplain, {"mismach"});
  const auto got = kExplain.run(arguments);
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().detail, HasSubstr("did you mean mismatch?"));
}

TEST(Arguments, AnOptionThatIsMistypedGetsASuggestion) {
  const auto got = Arguments::parse({"--timout", "3"}, options_of(kCheck));
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().detail, HasSubstr("did you mean --timeout?"));
}

}  // namespace
}  // namespace cli::dane
