#pragma once

#include <string>
#include <vector>

#include "src/client/report.h"
#include "src/qmail/attempt.h"
#include "src/qmail/route.h"

namespace qmail {

/// What is said of one address that was tried.
struct SaidOfTry {
  client::Report report;
  std::string words;  ///< as the log has it; empty where the address was not used
};

/// What is said of what an approach came to. `look_ups`: what the peer had to prove was
/// known; of a connection whose look-ups failed nothing else is told.
enum class LookUps { known, failed };
[[nodiscard]] SaidOfTry said_of(const Approach& approach,
                                const client::Connection& connection, LookUps look_ups);

/// The verdict of a delivery as JSON (docs/evidence-format.md): where the mail of a
/// domain goes, and each address that was tried.
[[nodiscard]] std::string verdict_json(const std::string& domain,
                                       const base::Result<Route>& route,
                                       const std::vector<SaidOfTry>& tries);

}  // namespace qmail
