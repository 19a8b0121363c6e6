#pragma once

#include <optional>
#include <string>

#include "src/base/policy.h"
#include "verify/names.h"
#include "verify/reason.h"

namespace verify {

/// What comparing names came to.
struct NameJudgement {
  bool good = false;
  Reason reason = Reason::name_mismatch;  ///< if not good
  std::string presented;                  ///< that matched, if one did
  std::string reference;  ///< the DNS name for which it stands, if it is one
  std::string detail;     ///< `certificate names …; expected …` if not good
};

/// Compares the presented names with the requirement's. Without names to compare with
/// nothing is good, unless the user skips names. `usage` is that of the TLSA record that
/// asks, nothing for plain PKIX: the common name counts as policy::CommonName says, RFC
/// 7672 3.2.3 and RFC 9525 2.
[[nodiscard]] NameJudgement check_names(const PresentedNames& presented,
                                        const policy::Requirement& requirement,
                                        std::optional<dns::Usage> usage);

}  // namespace verify
