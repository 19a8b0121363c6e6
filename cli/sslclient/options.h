// cli/sslclient: the program that proves a TLS peer by DANE and runs another program.
//
// main.cpp calls command_line.h, which turns argv and the environment into options.h,
// with letters.h for the letters of ucspi-ssl and long_options.h for ours; then run.h
// does the work. help.h is what --help prints. Servers that bring their TLSA records
// (chain_settings.h) are reached by chained_reach.h; chain_pins.h is which ones must.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/json_target.h"
#include "cli/sslclient/chain_settings.h"
#include "cli/switches.h"
#include "src/base/starttls.h"
#include "src/client/hello.h"
#include "src/client/target.h"
#include "src/io/connect.h"
#include "src/relay/relay.h"
#include "src/ucspi/connection_names.h"

namespace cli::sslclient {

/// How much is said on standard error.
enum class Verbosity { quiet, errors, all };

/// Where the verdict goes as JSON.
struct JsonOutput {
  JsonTarget target;
  /// Nobody named the target: it is standard error, and nothing else is said there, so
  /// that a reader finds JSON and nothing but JSON.
  bool is_alone = false;
};

/// The command line of sslclient and its environment, as values; see sslclient(1).
struct Options {
  Verbosity verbosity = Verbosity::errors;
  client::Target target;
  std::string host_word;
  std::vector<std::string> program;

  io::Source source;
  io::ConnectTimeouts timeouts;
  Switch no_delay = Switch::on;
  ucspi::WantedNames names;
  ucspi::TcpCopies tcp_copies = ucspi::TcpCopies::no;

  policy::Demand demand;
  Switch verify_peer = Switch::on;
  std::string ca_file;
  std::string ca_directory;
  resolver::Config resolver;

  tls::Options tls;
  Switch key_password_on_3 = Switch::off;
  std::string key_password_file;
  client::ServerName send_server_name = client::ServerName::always;
  std::optional<std::string> server_name;
  Switch tls_variables = Switch::off;
  Switch delayed_tls = Switch::off;
  std::optional<starttls::Protocol> starttls;
  std::optional<JsonOutput> json;
  std::optional<std::string> evidence;  ///< where that goes
  std::optional<ChainSettings> chain;   ///< the server is asked for its DNSSEC chain
  relay::Options relay;
  int drop_status = 111;  ///< for a peer that is not reached or not proved
};

/// A command line that has not been read to its end: what only the whole of it decides.
struct Draft {
  Options options;
  std::string interface;  ///< of -I; an address gets its number
  Switch level_given = Switch::off;
  Switch wants_chain = Switch::off;
  std::optional<std::string> chain_pins;
};

}  // namespace cli::sslclient
