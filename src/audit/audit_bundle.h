#pragma once

#include <string>

#include "src/audit/common.h"
#include "src/audit/item.h"
#include "src/audit/recorded_contact.h"
#include "src/evidence/bundle.h"
#include "src/evidence/handshake_proof.h"

namespace audit {

/// The evidence for the verdict on a domain, which was audited with these settings and
/// with trails (SurveySettings::evidence). `verdict` is what was printed of it as JSON.
[[nodiscard]] evidence::Bundle bundle_of(const DomainAudit& audited,
                                         const SurveySettings& settings,
                                         const std::string& verdict);

/// An audit as a bundle has it, to be made again.
struct RecordedAudit {
  Item item;                ///< the domain as it stood in the input
  SurveySettings settings;  ///< as far as a verdict depends on them
  bool with_trust_store = false;
  RecordedFacts facts;
  std::chrono::milliseconds took{0};
};

/// Reads what a bundle of `dane audit` holds beside the DNS. Chains that a peer signed
/// are taken from what it signed (`evidence::check_peers`). Error kind `permanent`, code
/// `bad_evidence`.
[[nodiscard]] base::Result<RecordedAudit> recorded_audit(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs);

/// Whether the peers of a bundle were asked for what follows from its answers, now that
/// they were looked up again: under the server name that the records are for, and when
/// the records were known. Error kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<void> check_binding(const evidence::Bundle& bundle,
                                               const DomainSeen& again);

}  // namespace audit
