// src/qmail: what qmail-remote shares with the other programs of qmail.
//
// control.h reads control files, routes.h says where mail for a domain goes and what the
// peer must prove, report.h is what qmail-rspawn reads, dead_hosts.h the memory of hosts
// that do not answer. Nothing here speaks to a network.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace qmail {

/// A line of a control file.
struct Line {
  std::size_t number = 0;  ///< the first is 1
  std::string text;
};

/// The directory of control files, all of which are read anew by each program.
class Control {
 public:
  explicit Control(std::string directory) : directory_(std::move(directory)) {}

  // A file that is not there is no error; one that cannot be read is, of kind
  // `temporary`, code `control`: mail is never sent by half of a configuration.

  /// The lines of a file, without blanks at their ends, empty ones, comments (`#`, also
  /// behind blanks) and the byte order mark of UTF-8.
  [[nodiscard]] base::Result<std::vector<Line>> numbered_lines(
      std::string_view name) const;
  /// Their texts.
  [[nodiscard]] base::Result<std::vector<std::string>> lines(std::string_view name) const;
  /// The first line.
  [[nodiscard]] base::Result<std::optional<std::string>> line(
      std::string_view name) const;
  /// The first line as a number; `otherwise` if it is not there or none.
  [[nodiscard]] base::Result<unsigned long> number(std::string_view name,
                                                   unsigned long otherwise) const;
  /// Whether a file or directory is there.
  [[nodiscard]] base::Result<bool> exists(const std::string& name) const;
  [[nodiscard]] std::string path(std::string_view name) const {
    return directory_ + "/" + std::string(name);
  }

 private:
  std::string directory_;
};

}  // namespace qmail
