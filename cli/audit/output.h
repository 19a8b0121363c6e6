#pragma once

#include <optional>
#include <string>

#include "src/base/error.h"
#include "src/io/descriptor.h"

namespace cli::audit {

/// A file of lines that survives the death of the program at any moment: each line is one
/// write at the end of the file.
class LineFile {
 public:
  /// Opens `path`, `-` for standard output. What a file holds behind its first `keep`
  /// octets is cut off: at once, or with `later` before the first line. Error kind
  /// `usage`, code `bad_file`.
  [[nodiscard]] static base::Result<LineFile> open(const std::string& path,
                                                   std::uint64_t keep, bool later);
  /// Writes a line, or ends the program with one line of its own: a result that cannot be
  /// kept is no result.
  void write(std::string_view line);

 private:
  LineFile(io::Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] bool cut(std::uint64_t keep) const;

  io::Descriptor file_;
  std::string path_;
  std::optional<std::uint64_t> keep_;  ///< what is to be cut before the first line
};

/// Writes a text to standard output, now, or ends the program as `LineFile::write` does.
void print_now(std::string_view text);

/// Ends the program with one line, in the middle of whatever any thread does.
[[noreturn]] void end_with(const std::string& why);

/// Puts a whole file in the place of another, or of none, at once: whoever reads it sees
/// the old one or the new one. Error kind `temporary`, code `bad_file`.
[[nodiscard]] base::Result<void> replace_file(const std::string& path,
                                              const std::string& text);

}  // namespace cli::audit
