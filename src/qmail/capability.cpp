#include "src/qmail/capability.h"

namespace qmail {

std::optional<Report> missing_capability(const smtp::Offers& offers, const Mail& mail,
                                         const std::string& where) {
  if (mail.envelope.utf8 && !offers.utf8) {
    return report_of(MessageState::permanent,
                     where + " does not take addresses in UTF-8 (SMTPUTF8). (#5.6.7)\n");
  }
  if (offers.most_octets != 0 && mail.facts.size > offers.most_octets) {
    return report_of(MessageState::permanent,
                     where + " takes messages of " + std::to_string(offers.most_octets) +
                         " octets, this has " + std::to_string(mail.facts.size) +
                         ". (#5.3.4)\n");
  }
  return std::nullopt;
}

}  // namespace qmail
