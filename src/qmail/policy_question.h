#pragma once

#include <string>

#include "src/qmail/mail_policy.h"

namespace qmail {

/// Which mail a policy is asked for.
struct PolicyQuestion {
  std::string domain;         ///< that the mail is for, as `domain_key` has it
  std::string host;           ///< that would take it: a name or an address
  std::string sender_domain;  ///< of the envelope's sender; empty for a bounce
};

}  // namespace qmail
