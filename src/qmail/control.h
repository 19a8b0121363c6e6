// src/qmail: one delivery by qmail-remote, from its control files to its report.
//
// remote.h is the whole run; delivery.h takes a message from host to host, attempt.h to
// one address. What they do is decided by functions of values, each with its own file:
// route.h (with smtp_route.h) says where mail goes, policies.h what the user demands
// (dane_policy.h, tls_hosts.h, tls_destinations.h read a control file each),
// required_peer.h what a host must prove, loop_avoidance.h which hosts may be used where
// this machine is one of them, capability.h what a server cannot take. arguments.h reads
// the command line of qmail-remote. failures.h and answers.h put what happened
// into words, report.h is what qmail-rspawn reads of it. dead_hosts.h remembers addresses
// that do not answer; what RFC 8460 has to be told is in src/tlsrpt.
//
// With control/evidence delivery_evidence.h keeps what proves it to others:
// delivery_about.h is what was to be done, delivery_verdict.h what is said of each try,
// and delivery_again.h judges them once more.
//
// control.h reads a control file, line by line, and entries.h one of `KEY:VALUE` lines.
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
  /// The lines of a file as text alone.
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
