#pragma once

#include <string>

#include "resolver/config.h"

struct ub_ctx;

namespace resolver {

/// Gives the context the trust anchors of `config`; with none named there or in its
/// unbound.conf, those of Debian's dns-root-data. A context without an anchor would call
/// everything insecure, so that is no outcome. Error kind `usage`, code
/// `bad_trust_anchor`.
[[nodiscard]] base::Result<void> add_anchors(ub_ctx* context, const Config& config);

}  // namespace resolver
