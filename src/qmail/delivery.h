#pragma once

#include <functional>
#include <string>
#include <vector>

#include "resolver/config.h"
#include "src/qmail/control.h"
#include "src/qmail/report.h"

namespace qmail {

/// What qmail-rspawn asks for.
struct Job {
  std::string host;
  std::string sender;
  std::vector<std::string> recipients;
  int message = 0;  ///< descriptor of the message, LF line ends, at any position
};

/// Delivers a message: reads the control files, finds the hosts, proves and tries one
/// after the other, and tells what became of it (RFC 5321, RFC 7672). `home` is qmail's
/// home directory. Never throws for what the world does; every failure is in the report.
/// What other processes want to know is written down after `tell`: nothing that happens
/// there can lose the report of a message that was taken.
void deliver(const std::string& home, const Job& job,
             const std::function<void(const Report&)>& tell);

}  // namespace qmail
