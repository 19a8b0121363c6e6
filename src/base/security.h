#pragma once

#include <string_view>

namespace dns {

/// The DNSSEC state of an answer (RFC 4035 4.3), least trusted first, so that the minimum
/// along a chain of aliases is the state of the whole. libunbound reports an answer that
/// no trust anchor covers as insecure, which is RFC 4033's `indeterminate`: that value is
/// never made from its answers (RFC 7672 2.1.1 treats the other `indeterminate` as
/// bogus).
enum class Security { bogus, indeterminate, insecure, secure };

/// `bogus`, `indeterminate`, `insecure` or `secure`.
[[nodiscard]] constexpr std::string_view to_text(Security security) {
  switch (security) {
    case Security::bogus:
      return "bogus";
    case Security::indeterminate:
      return "indeterminate";
    case Security::insecure:
      return "insecure";
    case Security::secure:
      return "secure";
  }
  return "bogus";
}

}  // namespace dns
