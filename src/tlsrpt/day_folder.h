#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/io/descriptor.h"

namespace tlsrpt {

/// The end of the name of a day's folder in the store of TLS sessions: `2026-06-01.d`.
inline constexpr std::string_view kDayFolder = ".d";
/// The most that is kept of a domain and day, in octets: some fifty kinds of sessions as
/// honest domains have them.
inline constexpr std::size_t kMostOfDomain = std::size_t{16} * 1024;
/// The most that is read of a file: earlier versions kept as much.
inline constexpr std::size_t kMostOfFile = std::size_t{64} * 1024;

/// `2026-06-01`.
[[nodiscard]] std::string date_of(std::chrono::sys_days day);

/// A folder below an open one; none if it is not to be had, or no folder of its own.
[[nodiscard]] io::Descriptor open_folder(int at, const char* name);

/// The names in an open folder, without those that begin with a dot; nothing, and errno,
/// if they cannot be read.
[[nodiscard]] std::optional<std::vector<std::string>> names_in(int folder);

/// What is in an open file, up to `kMostOfFile`.
[[nodiscard]] std::string text_in(int file);

}  // namespace tlsrpt
