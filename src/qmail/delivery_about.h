#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/evidence/bundle.h"
#include "src/evidence/canonical_json.h"
#include "src/qmail/mail_policy.h"
#include "src/qmail/smtp_route.h"

namespace qmail {

/// An address of a host that was tried, but for what came of it.
struct TriedHost {
  std::string host;
  MailPolicy policy;                              ///< without the path of its trust store
  std::optional<evidence::Octets32> trust_store;  ///< its hash, where it was asked
};

/// What a delivery was to do, as a bundle has it (docs/evidence-format.md).
struct DeliveryAbout {
  std::string domain;              ///< as qmail-rspawn gave it
  std::optional<SmtpRoute> relay;  ///< in place of the domain's own hosts
  std::vector<TriedHost> tries;    ///< in their order
};

/// The member `about` of its bundle.
[[nodiscard]] evidence::Json to_value(const DeliveryAbout& about);

/// Reads it. Error kind `permanent`, code `bad_evidence`.
[[nodiscard]] base::Result<DeliveryAbout> about_in(const evidence::Json& value);

}  // namespace qmail
