#include "src/qmail/outgoing_mail.h"

#include <algorithm>

#include "src/qmail/failures.h"
#include "src/qmail/message.h"

namespace qmail {
namespace {

/// Why SMTP cannot carry a message; nothing if it can.
std::optional<Report> refusal_of(smtp::BodyFault fault) {
  switch (fault) {
    case smtp::BodyFault::none:
      return std::nullopt;
    case smtp::BodyFault::no_line_end:
      return permanent(
          "SMTP cannot transfer messages with partial final lines. (#5.6.2)\n");
    case smtp::BodyFault::carriage_return:
      return permanent(
          "SMTP cannot transfer a carriage return without a line feed (RFC 5321 2.3.8); "
          "this message has one, and control/barecr refuses it. (#5.6.2)\n");
  }
  return temporary("Unable to read message. (#4.3.0)\n");
}

smtp::Envelope envelope_for(const Job& job) {
  smtp::Envelope out;
  out.sender = for_envelope(job.sender, out.utf8);
  for (const std::string& recipient : job.recipients) {
    out.recipients.push_back(for_envelope(recipient, out.utf8));
  }
  return out;
}

}  // namespace

tl::expected<Mail, Report> read_mail(const Control& control, const Job& job) {
  if (!fits_a_command(job.sender) ||
      !std::ranges::all_of(job.recipients, fits_a_command)) {
    return tl::unexpected(permanent("An address has a line end in it. (#5.1.3)\n"));
  }
  Mail out;
  out.envelope = envelope_for(job);
  const auto rules = body_rules_of(control, job.sender);
  if (!rules) return tl::unexpected(control_trouble(rules.error()));
  const auto facts = scan_message(job.message, *rules);
  if (!facts) {
    return tl::unexpected(
        temporary("Unable to read message. (#4.3.0)\n" + facts.error().detail + "\n"));
  }
  if (auto refusal = refusal_of(facts->fault)) return tl::unexpected(std::move(*refusal));
  out.facts = *facts;
  out.descriptor = job.message;
  return out;
}

}  // namespace qmail
