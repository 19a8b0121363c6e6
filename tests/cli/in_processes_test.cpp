#include "cli/dane/in_processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <vector>

namespace cli::dane {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::vector<TaskResult> said_by(std::size_t count,
                                const std::function<TaskResult(std::size_t)>& task) {
  std::vector<TaskResult> out;
  in_processes(count, task, [&](std::size_t number, const TaskResult& said) {
    EXPECT_EQ(number, out.size());
    out.push_back(said);
  });
  return out;
}

TEST(InProcesses, WhatIsSaidComesInOrder) {
  constexpr std::size_t kMany = 200;
  const auto said = said_by(kMany, [](std::size_t number) {
    return TaskResult{std::string(number * 700, 'x'), "number " + std::to_string(number),
                      number % 2 == 0 ? Outcome::fine : Outcome::findings};
  });
  ASSERT_EQ(said.size(), kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    EXPECT_EQ(said[i].text.size(), i * 700);
    EXPECT_EQ(said[i].complaint, "number " + std::to_string(i));
    EXPECT_EQ(said[i].outcome, i % 2 == 0 ? Outcome::fine : Outcome::findings);
  }
}

TEST(InProcesses, NothingToDo) {
  EXPECT_TRUE(said_by(0, [](std::size_t) { return TaskResult{}; }).empty());
}

TEST(InProcesses, WhoEndsAProcessTakesNoOtherWithIt) {
  const auto said = said_by(5, [](std::size_t number) {
    if (number == 1) (void)raise(SIGKILL);
    if (number == 3) _exit(7);
    return TaskResult{std::to_string(number), "", Outcome::fine};
  });
  std::vector<std::string> texts, complaints;
  for (const TaskResult& one : said) {
    texts.push_back(one.text);
    if (one.complaint.empty()) continue;
    complaints.push_back(one.complaint);
    EXPECT_EQ(one.outcome, Outcome::bad_input);
  }
  EXPECT_THAT(texts, ElementsAre("0", "", "2", "", "4"));
  EXPECT_THAT(complaints, ElementsAre("whoever read it was ended by: Killed",
                                      "whoever read it ended with status 7"));
}

TEST(InProcesses, TheLastOneToo) {
  const auto said = said_by(2, [](std::size_t number) {
    if (number == 1) (void)raise(SIGKILL);
    return TaskResult{std::to_string(number), "", Outcome::fine};
  });
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said.front().text, "0");
  EXPECT_THAT(said.back().complaint, StartsWith("whoever read it was ended"));
}

}  // namespace
}  // namespace cli::dane
