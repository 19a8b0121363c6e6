#pragma once

#include "cli/dane/check_job.h"
#include "cli/dane/check_result.h"
#include "cli/waiting.h"
#include "src/client/contact.h"

namespace cli::dane {

/// What a check runs on, the line that says how far it is, and who connects.
struct Surroundings {
  io::Loop& loop;
  WaitingLine& waiting;
  client::Contact& contact;
};

/// Looks the host of the job up and connects to its addresses; what came of it, also
/// where that is an error.
[[nodiscard]] io::Task<Checked> check_host(const Surroundings& here,
                                           resolver::Resolver& resolver,
                                           const CheckJob& job);

}  // namespace cli::dane
