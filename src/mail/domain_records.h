#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mail {

/// The addresses of a TLSRPT record (`v=TLSRPTv1; rua=mailto:a@example.org,https:…`):
/// those of mail, and whether there are others. `valid` is false for what is no such
/// record.
struct TlsReportTargets {
  bool valid = false;
  std::vector<std::string> addresses;
  bool others = false;
};
[[nodiscard]] TlsReportTargets read_targets(const std::vector<std::string>& records);

/// The id of the one MTA-STS record (`v=STSv1; id=…;`) among the TXT records at
/// `_mta-sts.` of a domain; nothing if there is none, more than one, or its id is not 1
/// to 32 letters and digits (RFC 8461 3.1).
[[nodiscard]] std::optional<std::string> sts_id(const std::vector<std::string>& records);

}  // namespace mail
