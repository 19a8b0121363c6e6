#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail {

/// What a TLSRPT record (`v=TLSRPTv1; rua=mailto:a@example.org,https:…`, RFC 8460 3) says
/// of where reports go.
struct TlsReportTargets {
  bool valid = false;  ///< there is one such record, and nothing is wrong with it
  /// Whom to send mail to: each once, ten at most, fit for a header line. An address in a
  /// URI that breaks the rules is none of them, others beside it are.
  std::vector<std::string> addresses;
  bool others = false;  ///< there are targets by `https:`
  std::vector<std::string>
      faults;  ///< what is wrong, fit to print; none if there is none
};
/// Reads the TXT records at `_smtp._tls.` of a domain.
[[nodiscard]] TlsReportTargets read_targets(const std::vector<std::string>& records);

/// Whether somebody meant a text to be a TLSRPT record, in whatever version or case.
[[nodiscard]] bool looks_like_report_record(std::string_view text);

/// The id of the one MTA-STS record (`v=STSv1; id=…;`) among the TXT records at
/// `_mta-sts.` of a domain; nothing if there is none, more than one, or its id is not 1
/// to 32 letters and digits (RFC 8461 3.1).
[[nodiscard]] std::optional<std::string> sts_id(const std::vector<std::string>& records);

}  // namespace mail
