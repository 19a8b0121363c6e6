#pragma once

#include <memory>

#include "resolver/config.h"
#include "resolver/trust_anchor.h"

struct ub_ctx;
struct ub_event_base;

namespace resolver {

struct ContextFree {
  void operator()(ub_ctx* context) const;
};
/// A libunbound context that validates.
using Context = std::unique_ptr<ub_ctx, ContextFree>;

/// A context, and whether the keys of the root must be secure in it.
struct Validator {
  Context context;
  RootKeys root = RootKeys::must_be_secure;
};

/// A context on the caller's event base, configured, with at least one trust anchor and
/// with validation that nothing switches off or weakens: no permissive mode, no stale
/// answers, no other date (RFC 7672 2.1.1). Errors: kind `usage`, codes
/// `bad_unbound_conf`, `bad_trust_anchor`; kind `internal`, code `libunbound`.
[[nodiscard]] base::Result<Validator> make_context(ub_event_base* events,
                                                   const Config& config);

}  // namespace resolver
