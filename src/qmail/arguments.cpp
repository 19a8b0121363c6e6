#include "src/qmail/arguments.h"

#include <algorithm>

namespace qmail {

bool are_of_another_qmail(const std::vector<std::string>& recipients) {
  return recipients.size() > 1 &&
         std::ranges::any_of(recipients, [](const std::string& recipient) {
           return recipient.find('@') == std::string::npos;
         });
}

}  // namespace qmail
