#pragma once

#include "cli/sslserver/dnssec_chain_file.h"
#include "cli/sslserver/key_keeper.h"
#include "cli/sslserver/log.h"
#include "cli/sslserver/options.h"
#include "cli/sslserver/rule_book.h"
#include "cli/sslserver/variables.h"

namespace cli::sslserver {

/// What a process that serves one connection has from the listener, whose copy it is.
struct Inheritance {
  const Options& options;
  const RuleBook& rules;
  KeyKeeper& keeper;
  const DnssecChainFile& chain;
  const Variables& variables;
  const char* const* environment;  ///< for the program
};

/// Whose rights SSL_UID, SSL_GID, SSL_USER and SSL_GROUP give talkers; nothing where they
/// are not set, which means that nobody else has them: not the program, not the keeper,
/// no other talker. Error kind `usage`: unknown, or root.
[[nodiscard]] base::Result<server::Rights> talker_rights(const Variables& variables);

/// The talker's whole life: rules, names, TLS, relay. Returns the exit status: the
/// program's, 100 for a connection that the rules deny, or 111.
[[nodiscard]] int talk_to(server::Accepted client, io::Descriptor channel,
                          const Inheritance& inheritance);

}  // namespace cli::sslserver
