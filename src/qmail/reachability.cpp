#include "src/qmail/reachability.h"

namespace qmail {

Reachability reachability(const AttemptResult& result) {
  if (result.connected) return Reachability::answers;
  const bool silent = !result.report && result.report.error().code == base::Code::timeout;
  return silent ? Reachability::silent : Reachability::unknown;
}

}  // namespace qmail
