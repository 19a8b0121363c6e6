#pragma once

#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/tlsa.h"

namespace publish {

/// The TLSA records of a text that somebody copied from somewhere: `U S M HEX`, or lines
/// of a zone file (`_25._tcp.mx.example.org. 3600 IN TLSA 3 1 1 HEX`, or TYPE52),
/// whatever their owner. Error kind `usage`.
[[nodiscard]] base::Result<std::vector<dns::Tlsa>> written_records(
    const std::string& text);

/// Its words, between blanks and line ends.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace publish
