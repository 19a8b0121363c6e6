#include "src/client/decisions.h"

#include <utility>

namespace client {

std::string hello_name(const Connection& connection, const Options& options) {
  return options.server_name
             ? given_server_name(*options.server_name)
             : server_name(connection.terms.facts, connection.requirement, options.hello);
}

verify::Verdict judge(const verify::Chain& chain, const Connection& connection,
                      const Options& options) {
  const policy::Requirement required =
      options.enforcement == Enforcement::enforce
          ? connection.requirement
          : policy::only_looked_at(connection.requirement);
  const auto moment = options.moment ? *options.moment : wall_clock();
  return verify::check(chain, required, {moment, connection.terms.roots, {}});
}

base::Error no_chain() {
  return {base::ErrorKind::temporary, base::Code::no_chain,
          "the server sends no DNSSEC chain"};
}

base::Error no_dane_ee() {
  return {base::ErrorKind::temporary, base::Code::key_usage,
          "its key usage does not fit, and no record leaves that out"};
}

base::Error refusal(const verify::Verdict& verdict) {
  return {base::ErrorKind::temporary, base::Code::refused, verdict.detail};
}

bool goes_on(Connection& connection, const Options& options) {
  const Seen& seen = connection.seen;
  if (connection.is_good()) return false;
  auto next =
      next_try(connection.requirement, *seen.error, seen.progress, options.second_tries);
  if (!next) return false;
  connection.requirement = std::move(*next);
  connection.earlier.push_back(std::move(connection.seen));
  return true;
}

}  // namespace client
