#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/policy.h"
#include "verify/certificate.h"
#include "verify/extensions.h"

namespace verify {

/// Whether the subject's common name counts where there is no DNS name.
enum class CommonNameUse { ignored, counted };

/// The names that a certificate presents (RFC 9525 4), bounded, as views of its DER.
struct PresentedNames {
  std::vector<base::ByteView> dns;            ///< dNSName entries, not judged yet
  std::vector<base::ByteView> services;       ///< SRVName entries: `_service.domain`
  std::vector<base::ByteView> addresses;      ///< iPAddress entries of 4 or 16 octets
  std::optional<base::ByteView> common_name;  ///< only without any dNSName or SRVName
  std::vector<std::string> printable;         ///< safe to print, a few and `and N more`
  bool malformed = false;                     ///< the SubjectAltName is not DER: no name
  bool cut = false;                           ///< there are more than `limit`
};

/// Walks the SubjectAltName once, whatever its size, and keeps at most `limit` entries.
[[nodiscard]] PresentedNames presented_names(const Certificate& certificate,
                                             const Extensions& extensions,
                                             std::size_t limit);

/// Whether a presented DNS name (a SAN dNSName or a common name) stands for the reference
/// name (RFC 9525 6.3). Case does not count. `pattern` is letters, digits and hyphens in
/// whole labels; A-labels must be well-formed; the complete left-most label may be `*`
/// and stands for exactly one label, if at least two labels follow it. Anything else (a
/// NUL, 8-bit octets, an empty label or a dot at the end, `a*.example`) never matches.
[[nodiscard]] bool match_presented(std::string_view pattern, const dns::Name& reference);

/// Whether a presented SRVName (`_service.domain`, RFC 4985 2) stands for the reference
/// name, which has the same form (RFC 9525 6.3, 6.5). Case does not count; no wildcards.
[[nodiscard]] bool match_service(std::string_view pattern, const dns::Name& reference);

/// How a peer was recognised.
struct NameMatch {
  std::string presented;  ///< the presented name that matched, safe to print
  std::string reference;  ///< the DNS name that it stands for; empty for an address
};

/// The first presented name that stands for any of the reference names (RFC 9525 6.2):
/// DNS names by dNSName, services (`_imaps.example.org`) by SRVName, addresses by
/// iPAddress octets and nothing else (RFC 9525 6.3 to 6.5), and the common name for DNS
/// names if it counts (RFC 7672 3.2.3).
[[nodiscard]] std::optional<NameMatch> match_names(
    const PresentedNames& presented, const std::vector<policy::ReferenceName>& references,
    CommonNameUse common_name);

}  // namespace verify
