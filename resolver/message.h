#pragma once

#include <cstdint>

#include "resolver/raw_answer.h"
#include "resolver/type.h"
#include "src/base/name.h"

namespace resolver {

/// Flags of a query (RFC 1035 4.1.1, RFC 4035 3.2, RFC 6840 5.7), to be joined by `|`.
inline constexpr std::uint16_t kRecursionDesired = 0x0100;
inline constexpr std::uint16_t kAuthenticData = 0x0020;
inline constexpr std::uint16_t kCheckingDisabled = 0x0010;

/// A query with one question and EDNS (RFC 6891 6.1.2), signatures wanted (DO). Error
/// kind `temporary`, code `malformed`: the name cannot be asked for.
[[nodiscard]] base::Result<base::Bytes> query_of(const dns::Name& name, Type type,
                                                 std::uint16_t flags);

/// The number of a message (ID), and a query with another one.
[[nodiscard]] std::uint16_t number_of(base::ByteView message);
void set_number(base::Bytes& query, std::uint16_t number);
/// A number that nobody can guess.
[[nodiscard]] std::uint16_t random_number();

/// Whether a message of the network answers the query: its number, its question, and the
/// QR bit; an error may do without the question. Only of such a message the rest may be
/// asked.
[[nodiscard]] bool is_answer(base::ByteView message, base::ByteView query);
/// Its response code, as its header has it.
[[nodiscard]] int rcode_of(base::ByteView message);
/// Whether it was cut off to fit (TC).
[[nodiscard]] bool is_cut(base::ByteView message);
/// Whether its sender has validated it (AD), or says so.
[[nodiscard]] bool is_authentic(base::ByteView message);
/// Its error code and itself, believed by nobody yet.
[[nodiscard]] RawAnswer raw_of(base::ByteView message);

}  // namespace resolver
