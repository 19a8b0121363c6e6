#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "src/base/error.h"
#include "src/io/descriptor.h"

namespace cli::report {

/// A file of lines that survives the death of the program at any moment: each line is one
/// write at the end of the file. No other process that keeps to this writes there.
class LineFile {
 public:
  /// Opens `path`, `-` for standard output, and leaves what it holds. Error kind `usage`,
  /// code `bad_file`.
  [[nodiscard]] static base::Result<LineFile> open(const std::string& path);
  /// Whether it held something when it was opened.
  [[nodiscard]] bool holds_something() const { return size_ > 0; }
  /// So many octets of what it holds are to stay (0).
  void keep(std::uint64_t octets) { keep_ = octets; }
  /// Cuts the rest off, once. Like `write` it ends the program with one line of its own
  /// where that fails: a result that cannot be kept is no result.
  void begin();
  /// Writes a line, behind what is kept.
  void write(std::string_view line);

 private:
  LineFile(io::Descriptor file, std::string path, bool is_regular, std::uint64_t size)
      : file_(std::move(file)),
        path_(std::move(path)),
        is_regular_(is_regular),
        size_(size) {}
  void check(bool good) const;

  io::Descriptor file_;
  std::string path_;
  bool is_regular_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t keep_ = 0;
  std::unique_ptr<std::once_flag> begun_ = std::make_unique<std::once_flag>();
};

/// From now on nobody waits for whoever reads a pipe or a terminal: what that does not
/// take at once is dropped. For a run that a signal ends.
void stop_waiting();
/// Whether that was said.
[[nodiscard]] bool is_ending();

/// Writes a text to standard output, now, or ends the program as `LineFile::write` does.
void print_now(std::string_view text);

/// Ends the program with one line, in the middle of whatever any thread does.
[[noreturn]] void end_with(const std::string& why);

/// Whether `replace_file` has a place to write to. Error kind `usage`, code `bad_file`.
[[nodiscard]] base::Result<void> check_replaceable(const std::string& path);

/// `io::replace_file`; `-` is standard output. Error kind `temporary`, code `bad_file`.
[[nodiscard]] base::Result<void> replace_file(const std::string& path,
                                              const std::string& text);

}  // namespace cli::report
