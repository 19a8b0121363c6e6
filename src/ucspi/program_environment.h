#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/tls/session.h"
#include "src/ucspi/environment.h"
#include "src/ucspi/tls_variables.h"

namespace ucspi {

/// Whether mod_ssl's SSL_* variables are wanted (-s).
enum class TlsVariables { no, yes };

/// `DANE_…` and their values; an empty value: there is none.
using DaneVariables = std::vector<std::pair<std::string, std::string>>;

/// What a program is told about its connection in its environment.
struct ProgramFacts {
  ConnectionNames names;
  TcpCopies tcp_copies = TcpCopies::no;
  TlsVariables tls_variables = TlsVariables::no;
  const tls::Session* session = nullptr;  ///< none: there is no TLS so far
  OwnRole role = OwnRole::client;
  DaneVariables dane;
};

/// The program's environment: `inherited` (NAME=value each), changed by all that is
/// known. What is not known is removed: a program above us may have left it for another
/// peer.
[[nodiscard]] std::vector<std::string> program_environment(const ProgramFacts& facts,
                                                           const char* const* inherited);

/// What a program of UCSPI-TLS is told of a session that began later (`Y`): the SSL_*
/// variables, DANE's with `SSL_` before their names.
[[nodiscard]] std::vector<std::string> later_variables(const tls::Session& session,
                                                       OwnRole role,
                                                       const DaneVariables& dane);

}  // namespace ucspi
