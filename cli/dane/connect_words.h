#pragma once

#include <string>

#include "src/client/report.h"

namespace cli::dane {

/// The peer of a report: `mx.example.org [192.0.2.25]:25`, without the address if there
/// is none or if it is what the user wrote.
[[nodiscard]] std::string peer_words(const client::Report& report);

/// What a good peer proved, in a line:
/// `mx.example.org [192.0.2.25]:25 verified by DANE (3 1 1 409c6e49…), TLS 1.3`.
[[nodiscard]] std::string verdict_line(const client::Report& report);

/// Why there is no good peer, with the word of the reason.
[[nodiscard]] std::string refusal_line(const client::Report& report);

}  // namespace cli::dane
