#pragma once

#include "src/qmail/attempt.h"

namespace qmail {

/// What an attempt says of an address, for the memory of those that do not answer.
enum class Reachability {
  answers,  ///< a connection came about, whatever became of it
  silent,   ///< nothing came back in time: each attempt costs a queue slot a minute
  unknown,  ///< refused or not to be reached from here: that costs no time, and ends
            ///< when the server is started again
};

[[nodiscard]] Reachability reachability(const AttemptResult& result);

}  // namespace qmail
