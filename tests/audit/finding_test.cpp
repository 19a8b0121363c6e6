#include "src/audit/finding.h"

#include <gtest/gtest.h>

#include <set>

namespace audit {
namespace {

TEST(Catalogue, WordsAreStableFormsAndUnique) {
  std::set<std::string_view> words;
  for (const Kind& kind : catalogue()) {
    EXPECT_TRUE(words.insert(kind.word).second) << kind.word;
    EXPECT_EQ(kind.word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos)
        << kind.word;
  }
}

TEST(Catalogue, EveryKindHasTitleSourceAndOneSentenceOfAdvice) {
  for (const Kind& kind : catalogue()) {
    EXPECT_FALSE(kind.title.empty()) << kind.word;
    EXPECT_FALSE(kind.title.ends_with('.')) << kind.word;
    EXPECT_TRUE(kind.source.starts_with("RFC ") || kind.source == "practice")
        << kind.word;
    EXPECT_FALSE(kind.advice.empty()) << kind.word;
  }
}

TEST(Catalogue, HasTheRulesOfRecordsInTheirWords) {
  std::set<rrset::Rule> left_out;
  for (const rrset::RuleText& rule : rrset::kRules) {
    const auto code = code_of(rule.rule);
    if (!code) {
      left_out.insert(rule.rule);
      continue;
    }
    const Kind& kind = kind_of(*code);
    EXPECT_EQ(kind.word, rule.word);
    EXPECT_EQ(kind.severity, rule.severity) << rule.word;
    EXPECT_EQ(kind.title, rule.title);
    EXPECT_EQ(kind.source, rule.source) << rule.word;
    EXPECT_EQ(kind.advice, rule.advice);
  }
  // What it leads to is told by other findings once it is published.
  EXPECT_EQ(left_out, std::set{rrset::Rule::digest_of_nothing});
}

TEST(Catalogue, IsReadByTheNumbersOfTheCodes) {
  for (const Kind& kind : catalogue()) EXPECT_EQ(&kind_of(kind.code), &kind);
}

}  // namespace
}  // namespace audit
