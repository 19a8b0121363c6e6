#pragma once

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
/// after the other, and says what became of it (RFC 5321, RFC 7672). `home` is qmail's
/// home directory. Never throws for what the world does; every failure is in the report.
[[nodiscard]] Report deliver(const std::string& home, const Job& job);

}  // namespace qmail
