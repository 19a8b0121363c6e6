#pragma once

#include <functional>
#include <string>

#include "cli/dane/command.h"

namespace cli::dane {

/// What a task has to say, and how it ended.
struct TaskResult {
  std::string text;       ///< for standard output
  std::string complaint;  ///< a line for standard error, behind the text; empty for none
  Outcome outcome = Outcome::fine;
  bool beside_others = false;  ///< its outcome counts where there is no other
};

/// Does a task for each number below `count`, several in each of as many processes as the
/// machine has processors, and hands over the number of each and what it said, in the
/// order of their numbers. A task that ends its process, by a signal or in any other way,
/// is told as a complaint with the outcome `bad_input`, and takes no other task with it.
/// Where there can be no other process the tasks are done in this one, which must have
/// one thread.
void in_processes(std::size_t count, const std::function<TaskResult(std::size_t)>& task,
                  const std::function<void(std::size_t, const TaskResult&)>& tell);

}  // namespace cli::dane
