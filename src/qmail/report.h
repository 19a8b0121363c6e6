#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qmail {

/// What became of one recipient.
enum class RecipientState : char { accepted = 'r', permanent = 'h', temporary = 's' };
/// What became of the message.
enum class MessageState : char { accepted = 'K', temporary = 'Z', permanent = 'D' };

/// The report of qmail-remote to qmail-rspawn (qmail-remote(8)).
struct Report {
  struct Recipient {
    RecipientState state = RecipientState::temporary;
    std::string text;
  };
  std::vector<Recipient> recipients;
  MessageState state = MessageState::temporary;
  std::string text;
};

/// The octets of a report: each recipient, then the message, a letter, the text and a NUL
/// each. Texts keep their line ends and lose everything that is not fit to print.
[[nodiscard]] std::string to_octets(const Report& report);

/// A report about the whole message.
[[nodiscard]] Report report_of(MessageState state, std::string text);

}  // namespace qmail
