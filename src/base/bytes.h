// src/base: the values of ucspi-dane.
//
// Names, addresses, TLSA records, DNSSEC states, policies, STARTTLS dialogues and errors
// are plain values here. Nothing in this folder owns a descriptor, reads a clock or the
// environment, or starts a thread: what decides can be tested without a network.
// The way in: name.h and address.h (whom we talk to), tlsa.h (what the peer's domain
// says), policy.h (what follows from both), error.h (how anything fails). smtp_reply.h
// and starttls.h are the text that comes before TLS; json.h and pem.h are what files and
// reports are written in; counted.h and time_span.h are numbers in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// The octets of `text`, viewed, not copied.
[[nodiscard]] ByteView as_bytes(std::string_view text);
/// The octets of `bytes` as characters, viewed, not copied.
[[nodiscard]] std::string_view as_text(ByteView bytes);
/// Lower-case hexadecimal, two digits an octet, no separators.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// The octets that an even number of hexadecimal digits (either case) stands for; white
/// space between digits is skipped. Nothing for any other character or an odd count.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view digits);
/// ASCII letters in lower case; other octets as they are, whatever the locale.
[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string lower(std::string_view text);
/// Whether no octet has its high bit set.
[[nodiscard]] bool is_ascii(std::string_view text);
/// Whether both hold the same octets.
[[nodiscard]] bool equal(ByteView a, ByteView b);
/// Octets of the well-formed UTF-8 sequence that `text`, which is not empty, starts with:
/// 1 for ASCII, 0 when there is none (Unicode 15, table 3-7). The C1 controls count as
/// none: terminals act on them.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
/// How much of something is shown, in octets: a word that somebody wrote, a name of the
/// DNS or a line that a peer said, a sentence of ours with such things in it, and the
/// most that a program ever says at once.
inline constexpr std::size_t kWord = 80, kName = 255, kLine = 600, kMessage = 4096;
/// `text` made safe for one line on a terminal: control characters, those that mislead
/// (misleading.h), and octets that are not UTF-8 become `?`, and what is longer
/// than `limit` octets is cut and ends in `...`.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 300);
/// Without the spaces and tabs at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// `text` with U+FFFD for every octet that is not UTF-8, for NUL, and for the control
/// characters of U+0080 to U+009F: what databases and JSON readers take.
[[nodiscard]] std::string to_utf8(std::string_view text);

}  // namespace base
