#pragma once

#include <string>
#include <vector>

namespace qmail {

/// Whether these are no recipients, but what the qmail-rspawn of another qmail passes in
/// their place. That of indimail passes header lines (often none: an empty word) and the
/// size of the message in front of its one recipient. Taken for recipients, they would be
/// refused while the true one gets the mail, which is then delivered and bounced. A word
/// without `@` among several is such a one: no qmail-rspawn passes a recipient without.
[[nodiscard]] bool are_of_another_qmail(const std::vector<std::string>& recipients);

}  // namespace qmail
