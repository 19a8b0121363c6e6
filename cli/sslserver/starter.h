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

/// A connection before anything was read from its client.
struct Applicant {
  ucspi::ConnectionNames names;
  /// By the rules, where no names are to be looked up first.
  std::optional<RuleBook::Verdict> decided;
  io::Descriptor socket;
};

/// The starter's whole life: a process that was forked before anything was read from the
/// client. It takes the program's rights. What is not decided yet it decides by the
/// rules, when the talker has told it what the connection's ends are called, and says so.
/// On the talker's word it becomes the program, with the rule's variables and those of
/// the session. So nothing that a client sends, whatever it makes of the talker, gives
/// the program another variable than these. Returns an exit status: the program was not
/// wanted, or could not be started.
[[nodiscard]] int start_program(const Options& options, const RuleBook& rules,
                                const char* const* environment, Applicant applicant,
                                ProgramEnds ends, io::Descriptor talk);

/// What the starter decided; nothing if it has gone without a word.
[[nodiscard]] std::optional<RuleBook::Verdict> hear_decision(int talk);

}  // namespace cli::sslserver
