#include "src/qmail/failure_log.h"

#include "resolver/way.h"

namespace qmail {

void FailureLog::add(const std::string& host, const base::Error& error, Stage stage) {
  const bool lookup = stage != Stage::connection;
  lookups_failed_ = lookups_failed_ || (lookup && resolver::is_unanswered(error));
  failures_.push_back({host, error, stage, reason_of(error, std::nullopt)});
}

void FailureLog::add_attempt(const std::string& host, const base::Error& error,
                             const std::optional<verify::Verdict>& verdict) {
  failures_.push_back({host, error, Stage::connection, reason_of(error, verdict)});
}

void FailureLog::add_route(const base::Error& error) {
  lookups_failed_ = lookups_failed_ || resolver::is_unanswered(error);
}

}  // namespace qmail
