#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/dane/record_numbers.h"
#include "tests/cli/dane_run.h"

namespace cli::dane {
namespace {

using ::testing::HasSubstr;

base::Result<publish::Parameters> numbers(const std::vector<std::string>& words) {
  return parameters_of(cli::testing::arguments(kMake, words));
}

TEST(RecordNumbers, AreThoseOf311UnlessGiven_Rfc7672s3_1) {
  const auto none = numbers({});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->usage, dns::kDaneEe);
  EXPECT_EQ(none->selector, dns::kSpki);
  EXPECT_EQ(none->matching, dns::kSha256);
}

TEST(RecordNumbers, MayBeWordsInAnyCase_Rfc7218s2) {
  for (const auto& row : dns::kUsages) {
    const std::string word(row.word);
    for (const auto& text :
         {word, base::lower(word), std::to_string(dns::number(row.usage))}) {
      EXPECT_EQ(numbers({"--usage", text})->usage, row.usage) << text;
    }
  }
  for (const auto& row : dns::kSelectors) {
    const std::string word(row.word);
    for (const auto& text :
         {word, base::lower(word), std::to_string(dns::number(row.selector))}) {
      EXPECT_EQ(numbers({"--selector", text})->selector, row.selector) << text;
    }
  }
  for (const auto& row : dns::kMatchingTypes) {
    const std::string word(row.word);
    for (const auto& text :
         {word, base::lower(word), std::to_string(dns::number(row.matching))}) {
      EXPECT_EQ(numbers({"--matching", text})->matching, row.matching) << text;
    }
  }
}

TEST(RecordNumbers, ThatAreNoneAreRefusedWithThoseThatAre) {
  for (const auto& [option, word, why] :
       {std::tuple("--usage", "4",
                   "--usage 4 is not a number from 0 to 3, nor one of pkix-ta, pkix-ee, "
                   "dane-ta, dane-ee"),
        {"--selector", "key", "from 0 to 1, nor one of cert, spki"},
        {"--selector", "2", "from 0 to 1, nor one of cert, spki"},
        {"--matching", "", "from 0 to 2, nor one of full, sha2-256, sha2-512"},
        {"--matching", "3", "from 0 to 2, nor one of full, sha2-256, sha2-512"}}) {
    const auto out = numbers({option, word});
    ASSERT_FALSE(out) << option << " " << word;
    EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
    EXPECT_THAT(out.error().detail, HasSubstr(why));
  }
}

}  // namespace
}  // namespace cli::dane
