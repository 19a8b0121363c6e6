#pragma once

#include <string>
#include <string_view>

#include "src/base/error.h"

namespace tlsrpt {

/// The most octets that a file with a report has, and that its JSON has once it is
/// unpacked.
inline constexpr std::size_t kMostEnvelope = std::size_t{32} * 1024 * 1024;
inline constexpr std::size_t kMostReport = std::size_t{10} * 1024 * 1024;

/// The JSON text out of what a report comes in: JSON itself, gzip, or a mail message with
/// either in it (RFC 8460 5). Whether the text is JSON is not looked at. Error kind
/// `usage`, code `bad_file`.
[[nodiscard]] base::Result<std::string> report_in(std::string_view octets);

}  // namespace tlsrpt
