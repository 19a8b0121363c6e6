#pragma once

#include <array>
#include <optional>
#include <string>

#include "cli/sslserver/options.h"
#include "cli/sslserver/rule_book.h"
#include "cli/sslserver/talk.h"
#include "src/ucspi/child.h"
#include "src/ucspi/delayed.h"

namespace cli::sslserver {

/// What the program will have besides its standard error: the plain connection, or pipes.
struct ProgramEnds {
  io::Descriptor read;     ///< decrypted words of the client
  io::Descriptor write;    ///< for words to be encrypted
  io::Descriptor control;  ///< of UCSPI-TLS; none without -n
};

/// The starter's whole life: a process that was forked before anything was read from the
/// client. It takes the program's rights, hears from the talker what the connection's
/// ends are called, decides by the rules, says so, and on the talker's word becomes the
/// program, with the rule's variables and those of the session. So nothing that a client
/// sends, whatever it makes of the talker, gives the program another variable than these.
/// Returns an exit status: the program was not wanted, or could not be started.
[[nodiscard]] int start_program(const Options& options, const RuleBook& rules,
                                const char* const* environment,
                                ucspi::ConnectionNames names, io::Descriptor socket,
                                ProgramEnds ends, io::Descriptor talk);

/// What the starter said about a connection.
struct Decision {
  bool is_allowed = false;
  std::vector<std::pair<std::string, std::string>> variables;  ///< of the rule
};
/// Its word; nothing if it has gone without one.
[[nodiscard]] std::optional<Decision> hear_decision(int talk);

}  // namespace cli::sslserver
