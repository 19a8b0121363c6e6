#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/audit/item.h"

namespace cli::report {

/// Domains of the command line.
[[nodiscard]] audit::DomainStream from_words(std::vector<std::string> words);

/// Domains of a file, one a line, `-` for standard input. White space around them, empty
/// lines and what follows a `#` do not count; a line of more than 1024 octets is one bad
/// name. With a `column`, counted from 1, the domain is what stands there between commas,
/// quotation marks taken off; a line that has not so many is taken whole. Error kind
/// `usage`, code `bad_file`.
[[nodiscard]] base::Result<audit::DomainStream> from_file(const std::string& path,
                                                          std::size_t column = 0);

/// The column of the domains in a file that begins with a line of several columns, as
/// lists with ranks do; nothing where it begins with a domain or can be read but once.
[[nodiscard]] std::optional<std::size_t> column_of_domains(const std::string& path);

/// Error kind `usage`, code `no_domain`: there is none in the file. What can be read but
/// once is not looked at.
[[nodiscard]] base::Result<void> check_not_empty(const std::string& path);

/// How many domains a file has; nothing where it can be read but once.
[[nodiscard]] std::optional<std::uint64_t> count_domains(const std::string& path);

}  // namespace cli::report
