#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "src/tlsrpt/tls_events.h"

namespace tlsrpt {

/// Who reports to whom, and for which day.
struct TlsReportHeader {
  std::string organization;
  std::string contact;    ///< a mail address
  std::string submitter;  ///< the host name of the reporting system
  std::string domain;     ///< that is reported on
  std::chrono::sys_days day;
};

/// The report of a day on a domain as JSON (RFC 8460 4.4), of its events alone.
[[nodiscard]] std::string tls_report_json(const TlsReportHeader& header,
                                          const std::vector<TlsEvent>& events);

/// The mail that carries it, gzipped (RFC 8460 5.3), to these addresses, with LF line
/// ends: ready for qmail-inject. `moment` is the date of the message.
[[nodiscard]] std::string tls_report_mail(const TlsReportHeader& header,
                                          const std::string& json,
                                          const std::vector<std::string>& recipients,
                                          std::chrono::sys_seconds moment);

}  // namespace tlsrpt
