#include "cli/options/option_list.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(OptionList, SpellingsAreWrittenForPeople) {
  EXPECT_EQ(spelling_of({.letter = 'x', .opposite = 'X'}), "-x, -X");
  EXPECT_EQ(spelling_of({.name = "file", .letter = 'f', .value = {"FILE"}}),
            "-f, --file FILE");
  EXPECT_EQ(spelling_of({.letter = 'V', .value = {"N"}}), "-V N");
  EXPECT_EQ(spelling_of({.name = "json", .value = {"FILE"}, .may_stand_alone = true}),
            "--json[=FILE]");
}

TEST(OptionList, WordsAreAlternatives) {
  EXPECT_EQ(alternatives(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(alternatives(std::vector<std::string>{"a", "b", "c"}), "a, b or c");
}

TEST(OptionList, ARowSaysAllThatTheTableHas) {
  const std::vector<Option> options = {
      {.name = "file",
       .letter = 'f',
       .value = {"FILE"},
       .repeatable = true,
       .help = "names"},
      {.name = "list", .value = {"FILE"}, .same_as = "file"},
      {.letter = 'x', .opposite = 'X', .help = "look", .section = "More"},
      {.name = "when",
       .value = {"WHEN", WordKind::one_of, {"now", "then"}},
       .help = "the time"},
      {.name = "where", .value = {"P", WordKind::text, {"here"}}, .help = "the place"},
      {.name = "a-name-that-is-very-long-indeed", .help = "too long"}};
  EXPECT_EQ(option_list(options),
            "  -f, --file FILE  names; repeatable (also --list)\n"
            "\n"
            "More:\n"
            "  -x, -X           look, or do not\n"
            "      --when WHEN  the time: now or then\n"
            "      --where P    the place\n"
            "      --a-name-that-is-very-long-indeed\n"
            "                   too long\n");
}

TEST(OptionList, NamesAloneStandAtTheLeft) {
  EXPECT_EQ(option_list(std::vector<Option>{{.name = "quick", .help = "soon"}}),
            "  --quick       soon\n");
}

}  // namespace
}  // namespace cli
