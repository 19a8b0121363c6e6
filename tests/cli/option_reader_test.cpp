#include "cli/options/option_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/program_tables.h"

namespace cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::program_tables;
using testing::ProgramTable;

using Words = std::vector<std::string>;

/// What a reader makes of a line: options as `spelling=value`, then the other words.
struct Reading {
  std::vector<std::string> options;
  Words rest;
  std::string failure;
};

Reading read(std::span<const Option> table, Order order, const Words& words) {
  OptionReader reader("prog", table, order, words);
  Reading out;
  for (;;) {
    const auto given = reader.next();
    if (!given) {
      EXPECT_EQ(given.error().kind, base::ErrorKind::usage);
      EXPECT_EQ(given.error().code, base::Code::usage);
      out.failure = given.error().detail;
      return out;
    }
    if (!*given) break;
    const Option& option = *(*given)->option;
    std::string one(option.name.empty() ? std::string_view(&option.letter, 1)
                                        : option.name);
    if ((*given)->code == option.opposite && option.opposite != '\0') one += " undone";
    if ((*given)->value != nullptr) one += "=" + std::string((*given)->value);
    out.options.push_back(std::move(one));
  }
  out.rest = reader.rest();
  return out;
}

const std::vector<Option> kTable = {
    {.name = "file", .letter = 'f', .value = {"FILE"}},
    {.letter = 'x', .opposite = 'X', .help = "look"},
    {.letter = 'q'},
    {.name = "json", .value = {"FILE"}, .may_stand_alone = true},
    {.name = "verbose", .letter = 'v'},
    {.name = "verbatim"}};

struct Row {
  Words words;
  Words options;
  Words rest;
};

TEST(OptionReader, ValuesStandBehindALetterABlankOrAnEqualsSign) {
  const std::vector<Row> rows = {
      {{"-fA"}, {"file=A"}, {}},
      {{"-f", "A"}, {"file=A"}, {}},
      {{"--file", "A"}, {"file=A"}, {}},
      {{"--file=A"}, {"file=A"}, {}},
      {{"--file="}, {"file="}, {}},
      {{"--file=A=B"}, {"file=A=B"}, {}},
      {{"-f=A"}, {"file==A"}, {}},
      {{"-f", "-x"}, {"file=-x"}, {}},
      {{"-qxfA"}, {"q", "x", "file=A"}, {}},
      {{"-qxf", "A"}, {"q", "x", "file=A"}, {}},
      {{"-xX"}, {"x", "x undone"}, {}},
      {{"--json"}, {"json"}, {}},
      {{"--json=A"}, {"json=A"}, {}},
      {{"--json", "A"}, {"json"}, {"A"}},
      {{"--fi=A"}, {"file=A"}, {}},
      {{"--verbo"}, {"verbose"}, {}},
      {{"-q", "--", "-x"}, {"q"}, {"-x"}},
      {{"-q", "-"}, {"q"}, {"-"}},
  };
  for (const Order order : {Order::anywhere, Order::before_words}) {
    for (const Row& row : rows) {
      const Reading got = read(kTable, order, row.words);
      EXPECT_EQ(got.failure, "") << row.words.front();
      EXPECT_EQ(got.options, row.options) << row.words.front();
      EXPECT_EQ(got.rest, row.rest) << row.words.front();
    }
  }
}

TEST(OptionReader, TheFirstWordEndsThemWhereAProgramFollows) {
  const Reading ended = read(kTable, Order::before_words, {"-q", "A", "-x", "--json"});
  EXPECT_THAT(ended.options, ElementsAre("q"));
  EXPECT_THAT(ended.rest, ElementsAre("A", "-x", "--json"));
  const Reading sorted = read(kTable, Order::anywhere, {"-q", "A", "-x", "B"});
  EXPECT_THAT(sorted.options, ElementsAre("q", "x"));
  EXPECT_THAT(sorted.rest, ElementsAre("A", "B"));
}

TEST(OptionReader, WhatIsWrongIsOneLine) {
  const std::vector<std::pair<Words, std::string>> rows = {
      {{"--verbose=3"}, "option --verbose takes no value"},
      {{"--verbo=3"}, "option --verbose takes no value"},
      {{"--file"}, "option --file needs a value"},
      {{"-f"}, "option -f needs a value"},
      {{"-qf"}, "option -f needs a value"},
      {{"-qk"}, "unknown option -k; see prog --help"},
      {{"--verb"}, "option --verb may be --verbose, --verbatim"},
      {{"--flie=A"}, "unknown option --flie; did you mean --file?"},
      {{"--quux"}, "unknown option --quux; see prog --help"},
      {{"A", "--quux"}, "unknown option --quux; see prog --help"},
  };
  for (const auto& [words, line] : rows) {
    EXPECT_EQ(read(kTable, Order::anywhere, words).failure, line);
  }
}

// Every option of every program, in each of the spellings that it has.
TEST(OptionReader, EveryOptionIsReadTheSameWayEverywhere) {
  for (const ProgramTable& table : program_tables()) {
    for (const Option& one : table.options) {
      SCOPED_TRACE(table.page + " " + std::string(one.name) + " " + one.letter);
      const std::string name = "--" + std::string(one.name);
      const std::string letter = {'-', one.letter};
      const bool takes = one.value_need() == Need::always;
      const auto options = [&](const Words& words) {
        const Reading got = read(table.options, table.order, words);
        EXPECT_EQ(got.failure, "");
        EXPECT_THAT(got.rest, IsEmpty());
        return got.options;
      };
      std::vector<Words> lines;
      if (!one.name.empty()) {
        if (takes) lines.push_back({name, "VALUE"});
        lines.push_back({one.value_need() == Need::never ? name : name + "=VALUE"});
        const std::string alone = read(table.options, table.order, {name}).failure;
        EXPECT_EQ(alone, takes ? "option " + name + " needs a value" : "");
        const std::string with = read(table.options, table.order, {name + "=3"}).failure;
        EXPECT_EQ(with, one.value_need() == Need::never
                            ? "option " + name + " takes no value"
                            : "");
      }
      if (one.letter != '\0') {
        if (takes) lines.push_back({letter, "VALUE"});
        lines.push_back({takes ? letter + "VALUE" : letter});
      }
      ASSERT_FALSE(lines.empty());
      for (const Words& line : lines) {
        EXPECT_EQ(options(line), options(lines.front())) << line.front();
        EXPECT_EQ(options(line).size(), 1U);
      }
    }
  }
}

// getopt would take the first of two, and nobody would see it.
TEST(OptionTables, NoSpellingStandsThereTwice) {
  for (const ProgramTable& table : program_tables()) {
    std::vector<std::string> all;
    for (const Option& one : table.options) {
      if (!one.name.empty()) all.emplace_back(one.name);
      for (const char letter : {one.letter, one.opposite}) {
        if (letter != '\0') all.emplace_back(1, letter);
      }
    }
    std::ranges::sort(all);
    EXPECT_EQ(std::ranges::adjacent_find(all), all.end())
        << table.page << ": " << *std::ranges::adjacent_find(all);
  }
}

TEST(OptionTables, OldSpellingsAreOfAnOptionThatTakesTheSame) {
  for (const ProgramTable& table : program_tables()) {
    for (const Option& one : table.options) {
      if (one.same_as.empty()) {
        EXPECT_FALSE(one.help.empty()) << table.page << " " << one.name << one.letter;
        continue;
      }
      const auto meant = std::ranges::find(table.options, one.same_as, &Option::name);
      ASSERT_NE(meant, table.options.end()) << one.name;
      EXPECT_EQ(meant->value.name, one.value.name);
    }
  }
}

}  // namespace
}  // namespace cli
