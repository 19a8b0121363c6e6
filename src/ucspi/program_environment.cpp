#include "src/ucspi/program_environment.h"

#include <optional>

namespace ucspi {

std::vector<std::string> program_environment(const ProgramFacts& facts,
                                             const char* const* inherited) {
  Environment changes;
  set_connection(changes, facts.names, facts.tcp_copies);
  if (facts.session != nullptr && facts.tls_variables == TlsVariables::yes) {
    set_tls_variables(changes, *facts.session, facts.role);
  }
  for (const auto& [name, value] : facts.dane) {
    const bool known = facts.session != nullptr && !value.empty();
    changes.set_or_unset(name, known ? std::optional(value) : std::nullopt);
  }
  return changes.applied_to(inherited);
}

std::vector<std::string> later_variables(const tls::Session& session, OwnRole role,
                                         const DaneVariables& dane) {
  Environment changes;
  set_tls_variables(changes, session, role);
  for (const auto& [name, value] : dane) {
    if (!value.empty()) changes.set("SSL_" + name, value);
  }
  return changes.applied_to(nullptr);
}

}  // namespace ucspi
