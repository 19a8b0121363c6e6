#pragma once

#include <string>

#include "src/qmail/control.h"
#include "src/qmail/policy_question.h"

namespace qmail {

/// About a line of danepolicy or tlsdestinations that names the mail host of a domain,
/// in a file that says nothing of the domain itself: policies go by the domain of the
/// mail, so the line has no effect, and whoever wrote it believes that it has. Empty if
/// there is none. Error code `control`.
[[nodiscard]] base::Result<std::string> idle_line(const Control& control,
                                                  const PolicyQuestion& question);

}  // namespace qmail
