#pragma once

#include <chrono>
#include <string>

namespace io {

/// How a program that computes for too long ends.
struct LastWords {
  int fd = 2;          ///< where the octets go
  std::string octets;  ///< at most 4,096
  int status = 111;
};

/// Ends this process with these words once it has computed for `cpu` since the last call
/// of this or of renew_work. Deadlines hold between two calls into a library and this
/// inside one: the bounds on keys and messages are meant to keep every call short, and
/// this is for the one that nobody thought of. Waiting costs nothing. A child of this
/// process has no such limit.
void limit_work(std::chrono::seconds cpu, const LastWords& words);

/// Begins to count anew; nothing if no limit was set.
void renew_work();

/// Ends the limit: what comes now may take as long as it takes.
void lift_work_limit();

}  // namespace io
