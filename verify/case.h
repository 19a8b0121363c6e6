#pragma once

#include "src/base/policy.h"
#include "verify/context.h"
#include "verify/peer.h"
#include "verify/purse.h"

namespace verify {

/// All that a judgement is made from, as `check` hands it down.
struct Case {
  Peer& peer;  ///< GnuTLS's forms and digests of its certificates are made as needed
  const policy::Requirement& requirement;
  const Context& context;
  Purse& purse;
};

}  // namespace verify
