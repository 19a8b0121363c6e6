#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "src/base/error.h"

namespace qmail {

/// How one TLS session came out, as SMTP TLS reporting counts it (RFC 8460 4.3).
struct TlsEvent {
  std::string domain;                ///< that the mail is for, in A-labels
  std::string policy;                ///< `tlsa` or `no-policy-found` (RFC 8460 4.4)
  std::vector<std::string> records;  ///< TLSA records in presentation form, for `tlsa`
  std::string result;                ///< a result type; empty for a success
  std::string host;                  ///< of the mail host
  std::string address;               ///< of the mail host
  std::string source;                ///< address that we came from, if it is known
  std::string reason;                ///< why, in a word of ours; empty for a success
};

/// Appends events to the file of their day (UTC) in a directory, in one write under a
/// lock, so that processes do not disturb each other. Where the directory is missing or
/// cannot be written to nothing is kept, and no mail is held up.
void keep_event(const std::string& directory, const TlsEvent& event,
                std::chrono::sys_seconds now);

/// The events of a day; none if there is no file. Lines that are broken are left out.
/// Error kind `usage`, code `bad_file`.
[[nodiscard]] base::Result<std::vector<TlsEvent>> read_events(
    const std::string& directory, std::chrono::sys_days day);

}  // namespace qmail
