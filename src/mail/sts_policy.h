#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/base/name.h"

namespace mail {

/// What an MTA-STS policy demands of senders (RFC 8461 5).
enum class StsMode {
  none,     ///< nothing
  testing,  ///< reports of what would have failed
  enforce,  ///< no mail to hosts that do not match
};

/// `enforce`, `testing` or `none`.
[[nodiscard]] std::string_view to_text(StsMode mode);

/// An MTA-STS policy (RFC 8461 3.2).
struct StsPolicy {
  StsMode mode = StsMode::none;
  std::chrono::seconds max_age{0};
  std::vector<std::string> hosts;  ///< patterns of its `mx` lines, in lower case
};

/// The policy that a text is. Error kind `permanent`, code `bad_policy`.
[[nodiscard]] base::Result<StsPolicy> read_sts_policy(std::string_view text);

/// Whether a pattern of a policy (`mx.example.org`, `*.example.org`) matches a mail host:
/// an asterisk stands for one label (RFC 8461 4.1).
[[nodiscard]] bool matches(std::string_view pattern, const dns::Name& host);

}  // namespace mail
