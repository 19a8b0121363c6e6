#pragma once

#include <functional>
#include <string>

#include "src/qmail/job.h"
#include "src/qmail/report.h"

namespace qmail {

/// Delivers a message as qmail-remote does: reads the control files below `home`, qmail's
/// home directory, and the message; gives up what rights it does not need; then lets a
/// Delivery find, prove and try the hosts, and tells what became of it (RFC 5321, RFC
/// 7672). Never throws for what the world does; every failure is in the report. What
/// other processes want to know is written down after `tell`: nothing that happens there
/// can lose the report of a message that was taken. `maker` is what its evidence says of
/// who made it.
void deliver(const std::string& home, const Job& job, const std::string& maker,
             const std::function<void(const Report&)>& tell);

}  // namespace qmail
