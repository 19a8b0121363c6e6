#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/client/secure.h"
#include "src/relay/relay.h"
#include "src/ucspi/connection_names.h"

namespace cli {

/// How much is said on standard error.
enum class Verbosity { quiet, errors, all };

/// Yes or no, for the many letters that come in pairs.
enum class Switch { off, on };

/// The command line of sslclient and its environment, as values; see sslclient(1).
struct SslclientOptions {
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
  bool verify_peer = true;
  std::string ca_file;
  std::string ca_directory;
  resolver::Config resolver;

  tls::Settings tls;
  Switch key_password_on_3 = Switch::off;
  std::string key_password_file;
  client::ServerName send_server_name = client::ServerName::always;
  std::optional<std::string> server_name;
  Switch tls_variables = Switch::off;
  Switch delayed_tls = Switch::off;
  std::optional<starttls::Protocol> starttls;
  std::optional<int> json;  ///< the descriptor for the report
  relay::Options relay;
  int drop_status = 111;  ///< for a peer that is not reached or not proved
};

/// What a command line can ask for besides the work itself.
struct SslclientCommand {
  std::optional<SslclientOptions> options;  ///< none: `text` is all that was asked for
  std::string text;                         ///< of --help or --version
};

/// Reads the command line and the environment. Error kind `usage`.
[[nodiscard]] base::Result<SslclientCommand> parse_sslclient(int argc, char** argv);

}  // namespace cli
