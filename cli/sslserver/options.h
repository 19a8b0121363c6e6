// cli/sslserver: the program that serves TLS and runs another program for each client.
//
// main.cpp calls command_line.h, which turns argv into options.h; then run.h is the
// listener, which accepts and forks and hears no stranger. A connection is two processes:
// the talker (talker.h), which speaks TLS, and the starter (starter.h), which decides by
// the rules and becomes the program; talk.h is what they say to each other. The keys are
// with a keeper (key_keeper.h), which is started anew when files change.
//
// What is shown to clients and asked of them depends on variables, which a rule may set:
// variables.h are these, site_settings.h what follows from them, key_book.h the chains
// and keys that the settings name, sites.h all that a talker needs of it, client_judge.h
// who is believed. dnssec_chain_file.h proves our TLSA records to clients that ask for
// that. log.h writes the lines that scripts read.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/switches.h"
#include "resolver/config.h"
#include "src/relay/relay.h"
#include "src/server/listening_socket.h"
#include "src/server/rights.h"
#include "src/tls/server.h"
#include "src/ucspi/connection_names.h"

namespace cli::sslserver {

/// How much is said on standard error.
enum class Verbosity {
  quiet,
  errors,
  all,       ///< a line for each step of a connection
  with_tls,  ///< and what was negotiated
};

/// What clients must show.
enum class ClientDemand {
  none,      ///< -Z: they are not asked
  optional,  ///< -i: a certificate is judged if there is one
  required,  ///< -m
  named,     ///< -z: one that has the client's host name
  dane,      ///< --client-policy dane: one that the DNS bears out
};

/// What is done about certificates that our own TLSA records do not prove.
enum class OwnTlsa {
  ignore,  ///< nobody looks
  warn,
  refuse,  ///< new ones are not shown as long as secure records speak against them
};

/// The command line of sslserver, as values; see sslserver(1).
struct Options {
  Verbosity verbosity = Verbosity::errors;
  server::ListenAt where;
  std::vector<std::string> program;
  Switch print_port = Switch::off;
  std::size_t concurrency = 40;
  std::size_t prefork = 0;            ///< talkers that wait for a connection
  Switch ends_talkers = Switch::off;  ///< SIGTERM ends them, as it does with sslhandle
  std::size_t per_client = 0;         ///< MAXCONIP; 0: no limit

  server::Rights program_rights;

  std::string rules;          ///< -x
  std::string address_rules;  ///< -y
  Switch rules_may_be_missing = Switch::off;

  std::string banner;
  std::chrono::seconds handshake_limit{26};
  relay::Options relay;
  ucspi::WantedNames names;
  ucspi::TcpCopies tcp_copies = ucspi::TcpCopies::no;
  Switch tls_variables = Switch::off;
  Switch delayed_tls = Switch::off;
  Switch no_delay = Switch::on;
  Switch keep_ip_options = Switch::off;
  ClientDemand client = ClientDemand::none;
  std::string client_service = "smtp-client";  ///< below which DANE has its records
  OwnTlsa own_tlsa = OwnTlsa::ignore;
  std::string chain_file;            ///< proves our TLSA records (RFC 9102); empty: none
  std::uint16_t chain_lifetime = 0;  ///< hours for which we promise to send that
  Switch key_password_on_3 = Switch::off;
  resolver::Config resolver;
};

}  // namespace cli::sslserver
