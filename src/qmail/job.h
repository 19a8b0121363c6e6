#pragma once

#include <string>
#include <vector>

namespace qmail {

/// What qmail-rspawn asks for.
struct Job {
  std::string host;
  std::string sender;
  std::vector<std::string> recipients;
  int message = 0;  ///< descriptor of the message, LF line ends, at any position
};

}  // namespace qmail
