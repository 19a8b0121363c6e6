#include "src/qmail/answers.h"

namespace qmail {
namespace {

/// A server's own words, line by line.
std::string said(const smtp::Reply& reply) {
  std::string out = "Remote host said: ";
  for (std::size_t i = 0; i < reply.lines.size(); ++i) {
    const bool last = i + 1 == reply.lines.size();
    out += std::to_string(reply.code) + (last ? " " : "-") + reply.lines[i] + "\n";
  }
  return out;
}

Report::Recipient recipient_of(const std::string& where, const smtp::Reply& reply) {
  if (reply.accepts()) return {RecipientState::accepted, ""};
  const auto state =
      reply.severity() == 5 ? RecipientState::permanent : RecipientState::temporary;
  return {state, where + " does not like recipient.\n" + said(reply)};
}

void add_recipients(const std::string& where, const smtp::Transaction& transaction,
                    Report& out) {
  for (const smtp::Reply& reply : transaction.recipients) {
    if (reply.code != 0) out.recipients.push_back(recipient_of(where, reply));
  }
}

bool any_accepted(const Report& report) {
  for (const Report::Recipient& recipient : report.recipients) {
    if (recipient.state == RecipientState::accepted) return true;
  }
  return false;
}

void refuse(Report& out, const std::string& where, std::string_view how,
            const std::string& proof, const smtp::Reply& reply) {
  out.state = reply.severity() == 5 ? MessageState::permanent : MessageState::temporary;
  out.text = where + std::string(how) + ".\n" + proof + "\n" + said(reply);
}

}  // namespace

Report report_of_answers(const std::string& where, const std::string& proof,
                         const smtp::Transaction& transaction) {
  Report out;
  if (!transaction.mail.accepts()) {
    refuse(out, "Connected to " + where, " but sender was rejected", proof,
           transaction.mail);
    return out;
  }
  add_recipients(where, transaction, out);
  if (!any_accepted(out)) {
    out.state = MessageState::permanent;
    out.text = "Giving up on " + where + ".\n" + proof + "\n";
  } else if (transaction.data.code != 354) {
    refuse(out, where, " failed on DATA command", proof, transaction.data);
  } else if (!transaction.end.accepts()) {
    refuse(out, where, " failed after I sent the message", proof, transaction.end);
  } else {
    out.state = MessageState::accepted;
    out.text = where + " accepted message.\n" + proof + "\n" + said(transaction.end);
  }
  return out;
}

Report report_of_loss(const std::string& where, const std::string& proof,
                      const smtp::Transaction& transaction, const base::Error& error,
                      bool in_doubt) {
  Report out;
  if (transaction.mail.code != 0 && !transaction.mail.accepts()) {
    // Whatever came behind this, its answers to the recipients are but its echo.
    refuse(out, "Connected to " + where, " but sender was rejected", proof,
           transaction.mail);
    return out;
  }
  add_recipients(where, transaction, out);
  out.state = error.kind == base::ErrorKind::permanent ? MessageState::permanent
                                                       : MessageState::temporary;
  out.text = "Connected to " + where + " but connection died. " +
             (in_doubt ? "Possible duplicate! " : "") + "(#4.4.2)\n" + error.detail +
             "\n" + proof + "\n";
  return out;
}

}  // namespace qmail
