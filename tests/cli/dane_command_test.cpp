#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/dane/command.h"
#include "cli/layout.h"

namespace cli::dane {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<Option> kOptions = {{.name = "file", .letter = 'f', .value = {"FILE"}},
                                      {.name = "verbose", .letter = 'v'},
                                      {.name = "json"},
                                      {.name = "name", .value = {"NAME"}},
                                      {.name = "names"}};

base::Result<Arguments> parse(const std::vector<std::string>& words) {
  return Arguments::parse(words, kOptions);
}

std::string refusal(const std::vector<std::string>& words) {
  const auto out = parse(words);
  if (out) return "";
  EXPECT_EQ(out.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(out.error().code, base::Code::usage);
  return out.error().detail;
}

TEST(Arguments, OptionsMayStandAnywhere) {
  const auto out = parse({"one", "--json", "two", "--file", "F", "three"});
  ASSERT_TRUE(out);
  EXPECT_THAT(out->words(), ElementsAre("one", "two", "three"));
  EXPECT_TRUE(out->has("json"));
  EXPECT_FALSE(out->has("verbose"));
  EXPECT_EQ(out->value("file"), "F");
  EXPECT_EQ(out->value("name"), std::nullopt);
}

TEST(Arguments, AValueMayBeLeftOut) {
  const std::vector<Option> options = {json_option()};
  const auto with = Arguments::parse({"--json=F", "word"}, options);
  ASSERT_TRUE(with);
  EXPECT_EQ(with->value("json"), "F");
  EXPECT_THAT(with->words(), ElementsAre("word"));
  const auto without = Arguments::parse({"--json", "word"}, options);
  ASSERT_TRUE(without);
  EXPECT_EQ(without->value("json"), "");
  EXPECT_THAT(without->words(), ElementsAre("word"));
}

TEST(Arguments, OptionsAreWrittenAgain) {
  EXPECT_EQ(parse({"one", "--json", "-fF", "--name=a b", "--name", "c"})->options_text(),
            "--file=F --json --name=a b --name=c");
  EXPECT_EQ(parse({"one"})->options_text(), "");
}

TEST(Arguments, TwoHyphensEndThem) {
  const auto out = parse({"--json", "--", "--verbose", "-f"});
  ASSERT_TRUE(out);
  EXPECT_THAT(out->words(), ElementsAre("--verbose", "-f"));
  EXPECT_FALSE(out->has("verbose"));
  EXPECT_FALSE(out->has("file"));
}

TEST(Arguments, LettersStandForOptionsThatHaveOne) {
  const auto out = parse({"-v", "-fF", "-f", "G", "--file=H"});
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->has("verbose"));
  EXPECT_THAT(out->values("file"), ElementsAre("F", "G", "H"));
  EXPECT_THAT(out->words(), IsEmpty());
  EXPECT_THAT(refusal({"-j"}), HasSubstr("unknown option -j"));
}

TEST(Arguments, TheLastValueCountsAndAllAreKept) {
  const auto out = parse({"--name", "a", "--name=b", "--name="});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->value("name"), "");
  EXPECT_THAT(out->values("name"), ElementsAre("a", "b", ""));
  EXPECT_THAT(out->values("file"), IsEmpty());
}

TEST(Arguments, AnOptionMayBeCutShortWhereItIsTheOnlyOne) {
  EXPECT_TRUE(parse({"--verb"})->has("verbose"));
  EXPECT_THAT(refusal({"--n"}), HasSubstr("option --n may be --name, --names"));
  EXPECT_TRUE(parse({"--names"})->has("names"));
  EXPECT_EQ(refusal({"--verbose=1"}), "option --verbose takes no value");
}

TEST(Arguments, WhatIsWrongIsNamed) {
  EXPECT_EQ(refusal({"--xyzzy"}), "unknown option --xyzzy; see dane --help");
  EXPECT_EQ(refusal({"one", "two", "--xyzzy"}),
            "unknown option --xyzzy; see dane --help");
  EXPECT_EQ(refusal({"--file"}), "option --file needs a value");
  EXPECT_EQ(refusal({"one", "-f"}), "option -f needs a value");
  EXPECT_NE(refusal({"--json=1"}), "");
}

TEST(Arguments, EachParsingStartsAfresh) {
  EXPECT_NE(refusal({"a", "b", "--none"}), "");
  const auto out = parse({"--json"});
  ASSERT_TRUE(out);
  EXPECT_TRUE(out->has("json"));
}

TEST(Arguments, WordsAreCounted) {
  const auto out = parse({"a", "b"});
  EXPECT_TRUE(out->expect_words(2, 2, "usage"));
  EXPECT_TRUE(out->expect_words(0, 2, "usage"));
  EXPECT_TRUE(out->expect_words(2, 9, "usage"));
  for (const auto& [least, most] : {std::pair(3, 9), std::pair(0, 1)}) {
    const auto counted =
        out->expect_words(static_cast<std::size_t>(least), static_cast<std::size_t>(most),
                          "usage: so and so");
    ASSERT_FALSE(counted);
    EXPECT_EQ(counted.error().kind, base::ErrorKind::usage);
    EXPECT_EQ(
        counted.error().detail,
        (least > 2 ? "too few words: " : "too many words: ") + std::string("so and so"));
  }
}

TEST(Outcome, IsTheExitStatus) {
  EXPECT_EQ(static_cast<int>(Outcome::fine), 0);
  EXPECT_EQ(static_cast<int>(Outcome::findings), 1);
  EXPECT_EQ(static_cast<int>(Outcome::bad_input), 2);
  EXPECT_EQ(static_cast<int>(Outcome::undecided), 3);
}

TEST(Outcome, OfAnErrorSaysWhetherItMayBeOtherwiseLater) {
  EXPECT_EQ(outcome_of(base::ErrorKind::usage), Outcome::bad_input);
  EXPECT_EQ(outcome_of(base::ErrorKind::permanent), Outcome::bad_input);
  EXPECT_EQ(outcome_of(base::ErrorKind::temporary), Outcome::undecided);
}

TEST(Help, FitsATerminalOfEightyColumns) {
  for (const Command* command : commands()) {
    std::istringstream lines(help_of(*command));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(width_of(line), 80U) << command->name << ": " << line;
    }
  }
}

}  // namespace
}  // namespace cli::dane
