#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "src/base/bytes.h"
#include "src/tls/private_key.h"

namespace keeper {

/// The most octets of a message between a talker and the keeper; a handshake has some
/// hundred to be signed.
inline constexpr std::size_t kMostOctets = 8192;

/// What a talker asks for: the signature of a handshake, or the key of the tickets for
/// these words (server name, demands on clients), which are 1,024 octets at most.
struct TicketQuestion {
  std::string words;
};
using Question = std::variant<tls::SigningRequest, TicketQuestion>;

/// A question as one message.
[[nodiscard]] base::Bytes to_message(const Question& question);
/// The question in a message, whose octets it views; nothing if it is none. What it says
/// is a talker's word, and talkers hear strangers.
[[nodiscard]] std::optional<Question> read_question(base::ByteView message);

}  // namespace keeper
