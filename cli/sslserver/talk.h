#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "src/io/descriptor.h"
#include "src/ucspi/environment.h"

namespace cli::sslserver {

using Words = std::vector<std::string>;

/// Writes the words as one message, all of it. False where nobody reads any more.
bool send_words(int to, const Words& words);
/// The next message, which is waited for; nothing at the end, or for more octets than an
/// environment has.
[[nodiscard]] std::optional<Words> receive_words(int from);

/// How many octets the message has that begins with these; nothing if that is not said
/// yet.
[[nodiscard]] std::optional<std::size_t> size_of_message(std::string_view begin);
/// The words of a whole message; nothing if it is none.
[[nodiscard]] std::optional<Words> words_in(std::string_view message);

/// A pair of connected sockets between two processes of ours. Error kind `internal`, code
/// `socket`.
[[nodiscard]] base::Result<std::pair<io::Descriptor, io::Descriptor>> make_talk();

/// What the talker learned about a connection's names, as words and back.
[[nodiscard]] Words to_words(const ucspi::ConnectionNames& names);
/// Into `names`, whose endpoints stay. False for words that are none.
[[nodiscard]] bool read_names(const Words& words, ucspi::ConnectionNames& names);

/// Variables of a session as words; what comes back out of words is of the session and
/// the client alone, whatever the words say: a talker may have been taken over by a
/// stranger.
[[nodiscard]] Words to_words(const ucspi::Environment& changes);
[[nodiscard]] ucspi::Environment session_variables(const Words& words);

}  // namespace cli::sslserver
