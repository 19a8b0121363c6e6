#pragma once

#include <optional>
#include <string>

#include "src/base/policy.h"
#include "src/base/tlsa.h"

namespace verify {

/// Whether the user named a trust store: PKIX-TA and PKIX-EE need one.
enum class TrustStore { none, named };

/// Why a record cannot be used, in words; nothing if it can (RFC 6698 4.1): numbers that
/// nobody assigned, data of the wrong length or that is not one complete certificate or
/// key, and PKIX usages for mail (RFC 7672 3.1.3) or without a trust store (RFC 7671
/// 10.3). One bad record says nothing about the others.
[[nodiscard]] std::optional<std::string> unusable(const dns::Tlsa& record,
                                                  policy::Service service,
                                                  TrustStore trust_store);

}  // namespace verify
