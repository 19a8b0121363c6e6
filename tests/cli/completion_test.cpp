#include "cli/options/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<Option> kTable = {
    {.letter = 'x', .opposite = 'X', .help = "look"},
    {.name = "odd", .value = {"A:B"}, .help = "it's [odd]: a\\b"},
    {.name = "old", .value = {"A:B"}, .same_as = "odd"}};

ProgramSyntax program() { return {{.name = "prog", .options = kTable}, {}, {"other"}}; }

TEST(Completion, ThreeShellsAreKnown) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto text = completion_for(shell, program());
    ASSERT_TRUE(text) << shell;
    EXPECT_THAT(*text, HasSubstr("`prog --completion " + std::string(shell) + "`"));
    EXPECT_THAT(*text, HasSubstr("other"));
    EXPECT_THAT(*text, Not(HasSubstr("%NAME%")));
  }
  const auto none = completion_for("csh", program());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(none.error().detail, "--completion csh is none of bash, zsh or fish");
}

TEST(Completion, TheLetterThatUndoesSaysSo) {
  EXPECT_EQ(description_of(kTable[0], 'x'), "look");
  EXPECT_EQ(description_of(kTable[0], 'X'), "do not look");
  EXPECT_EQ(description_of(kTable[1]), "it's [odd]: a\\b");
}

TEST(Completion, WhatShellsTakeForTheirOwnIsQuoted) {
  EXPECT_THAT(zsh_completion(program()),
              HasSubstr(R"('--odd=[it'\''s \[odd\]: a\\b]:A\:B: ')"));
  EXPECT_THAT(fish_completion(program()), HasSubstr(R"(-d 'it\'s [odd]: a\\b')"));
}

const std::vector<Option> kFront = {{.letter = 'f', .help = "in front"}};

// One file serves them all: a shell finds it under each of the names.
TEST(Completion, SmallProgramsHaveCommandLinesOfTheirOwn) {
  ProgramSyntax all = program();
  all.small_programs = {{.name = "small",
                         .options = kFront,
                         .words = {{"HOST", WordKind::host}},
                         .order = Order::before_words,
                         .behind_words = kTable}};
  const std::string bash = bash_completion(all);
  EXPECT_THAT(bash, HasSubstr("        small)\n            options='-f'\n"));
  EXPECT_THAT(bash, HasSubstr("next='small behind'"));
  EXPECT_THAT(bash,
              HasSubstr("        'small behind')\n            options='-x -X --odd'"));
  EXPECT_THAT(bash, HasSubstr("complete -F _prog prog other small\n"));
  const std::string zsh = zsh_completion(all);
  EXPECT_THAT(zsh, HasSubstr("#compdef prog other small\n"));
  EXPECT_THAT(zsh, HasSubstr("    small)\n"));
  const std::string fish = fish_completion(all);
  EXPECT_THAT(fish, HasSubstr("complete -c small -n '__fish_small_at \\'\\' 0' -s f "));
  EXPECT_THAT(fish, HasSubstr("complete -c small -n '__fish_small_at \\'\\' 1+' -s x "));
}

// They work, and nobody needs to learn them.
TEST(Completion, OldSpellingsAreNotProposed) {
  EXPECT_THAT(zsh_completion(program()), Not(HasSubstr("--old")));
  EXPECT_THAT(bash_completion(program()), Not(HasSubstr("options='-x -X --odd --old")));
  EXPECT_THAT(fish_completion(program()), Not(HasSubstr("-l old")));
}

}  // namespace
}  // namespace cli
