#include "cli/sslclient/run.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdio>

#include "cli/key_password.h"
#include "cli/library_environment.h"
#include "src/base/bytes.h"
#include "src/client/secure.h"
#include "src/client/trust_store.h"
#include "src/io/core_dumps.h"
#include "src/io/run_task.h"
#include "src/io/work_limit.h"
#include "src/io/write_all.h"
#include "src/ucspi/connection_names.h"
#include "src/ucspi/program_environment.h"
#include "src/ucspi/serve.h"

namespace cli::sslclient {
namespace {

using base::ErrorKind;

constexpr int kFailed = 111;
constexpr int kWrongCommandLine = 100;

/// A proved peer and all that the program is told about it.
struct Connection {
  io::Descriptor socket;
  ucspi::ConnectionNames names;
  std::unique_ptr<tls::Session> session;
  policy::Requirement requirement;
};

bool wants_trust_store(const Options& options) {
  const policy::Level level = options.demand.level;
  return level == policy::Level::pkix || level == policy::Level::dane_and_pkix ||
         (!options.ca_file.empty() || !options.ca_directory.empty());
}

class Sslclient {
 public:
  explicit Sslclient(const Options& options) : options_(options), loop_(1) {
    report_.host = options.host_word;
    report_.port = options.target.port;
    report_.level = options.demand.level;
  }

  int run();

 private:
  base::Result<void> prepare();
  io::Task<int> converse();
  io::Task<base::Result<Connection>> reach();
  io::Task<base::Result<Connection>> connect(std::vector<net::Endpoint> endpoints,
                                             policy::Requirement requirement);
  io::Task<base::Result<void>> secure(Connection& connection);
  io::Task<base::Result<void>> secure_at_last(Connection& connection);
  int serve(Connection connection);
  io::Task<int> serve_delayed(Connection connection);
  [[nodiscard]] ucspi::Options service() const;
  [[nodiscard]] ucspi::ProgramFacts facts(const ucspi::ConnectionNames& names,
                                          const tls::Session* session) const;
  void tell_relay_end(const relay::Ending& ending) const;
  [[nodiscard]] int status_of_service(const ucspi::ServiceEnd& end) const;
  void tell_connect_failures(const std::vector<io::ConnectFailure>& failures);
  int fail(const base::Error& error);
  void tell_report();
  void say(std::string_view line) const;

  const Options& options_;
  io::Loop loop_;
  std::unique_ptr<resolver::Resolver> resolver_;
  std::optional<verify::Roots> roots_;
  client::Means means_;
  client::Report report_;
  std::optional<ucspi::NameLearner> learner_;
  bool told_ = false;      // on standard error
  bool reported_ = false;  // as JSON
};

void Sslclient::say(std::string_view line) const {
  if (options_.verbosity == Verbosity::quiet) return;
  constexpr std::size_t kLongest = 4096;  // a peer's words may be in it
  std::fprintf(stderr, "sslclient: %s\n", base::printable(line, kLongest).c_str());
}

void Sslclient::tell_report() {
  if (!options_.json || reported_) return;
  reported_ = true;
  (void)io::write_all(*options_.json, client::to_json(report_) + "\n");
}

int Sslclient::fail(const base::Error& error) {
  report_.error = error;
  if (!told_) {
    say("fatal: " + base::printable(options_.host_word, 255) + ":" +
        std::to_string(options_.target.port) + ": " + client::reason_line(report_) +
        " (" + client::reason_word(report_) + ")");
  }
  tell_report();
  const bool dropped = error.code == base::Code::connect ||
                       error.code == base::Code::refused ||
                       error.code == base::Code::no_tlsa;
  return dropped ? options_.drop_status : base::exit_status(error.kind);
}

void Sslclient::tell_connect_failures(const std::vector<io::ConnectFailure>& failures) {
  for (const io::ConnectFailure& failure : failures) {
    say("unable to connect to " + net::to_text(failure.peer.address) + " port " +
        std::to_string(failure.peer.port) + ": " + failure.error.detail);
  }
}

// Before the first question.

base::Result<void> Sslclient::prepare() {
  means_.tls = options_.tls;
  means_.starttls = options_.starttls;
  means_.own_name = options_.names.local_host.value_or("");
  means_.peer_name = client::to_text(options_.target.host);
  means_.hello = options_.send_server_name;
  means_.server_name = options_.server_name;
  means_.limit = options_.timeouts.first + options_.timeouts.second;
  const auto source = options_.key_password_on_3 == Switch::on
                          ? KeyPasswordSource::descriptor_3
                          : KeyPasswordSource::file;
  const tls::OwnCertificate& own = means_.tls.certificate;
  if (!own.file.empty() || !own.key_file.empty()) {
    io::forbid_core_dumps();
  }
  auto password = read_key_password(source, options_.key_password_file);
  if (!password) return tl::unexpected(password.error());
  means_.tls.certificate.key_password = std::move(*password);
  // What is wrong with the files of the command line is said before anything is
  // connected.
  if (auto usable = tls::check_own_certificate(own); !usable) {
    return tl::unexpected(usable.error());
  }
  if (options_.verify_peer == Switch::on && wants_trust_store(options_)) {
    if (options_.ca_file.empty() && options_.ca_directory.empty()) {
      return base::fail(ErrorKind::usage, base::Code::no_trust_store,
                        "this policy needs a trust store: -a FILE or -A DIRECTORY");
    }
    auto roots = client::load_trust_store(options_.ca_file, options_.ca_directory);
    if (!roots) return tl::unexpected(roots.error());
    roots_ = std::move(*roots);
  }
  auto resolver = resolver::Resolver::create(loop_, options_.resolver);
  if (!resolver) return tl::unexpected(resolver.error());
  resolver_ = std::move(*resolver);
  learner_.emplace(loop_, *resolver_, options_.names);
  return {};
}

// From a name to a connection.

io::Task<base::Result<Connection>> Sslclient::reach() {
  auto finding = co_await client::find(*resolver_, options_.target, options_.demand);
  report_.facts = std::move(finding.facts);
  if (!finding.result) co_return tl::unexpected(finding.result.error());
  co_return co_await connect(std::move(finding.result->endpoints),
                             std::move(finding.result->requirement));
}

io::Task<base::Result<Connection>> Sslclient::connect(
    std::vector<net::Endpoint> endpoints, policy::Requirement requirement) {
  auto outcome = co_await io::connect_any(loop_, std::move(endpoints), options_.source,
                                          options_.timeouts);
  tell_connect_failures(outcome.failures);
  if (!outcome.socket) {
    told_ = true;
    const base::Error& last = outcome.failures.back().error;
    co_return base::fail(ErrorKind::temporary, base::Code::connect,
                         "unable to connect: " + last.detail);
  }
  report_.peer = outcome.peer;
  if (options_.verbosity == Verbosity::all) {
    say("connected to " + net::to_text(outcome.peer.address) + " port " +
        std::to_string(outcome.peer.port));
  }
  if (options_.no_delay == Switch::on) {
    const int on = 1;
    setsockopt(outcome.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  Connection connection;
  connection.socket = std::move(outcome.socket);
  connection.names.local = outcome.local;
  connection.names.remote = outcome.peer;
  connection.requirement = std::move(requirement);
  co_return connection;
}

/// A peer whose key usage GnuTLS stumbles over gets a second connection, on which verify
/// alone looks at it, where a DANE-EE record may prove it all the same.
io::Task<base::Result<void>> Sslclient::secure_at_last(Connection& connection) {
  auto secured = co_await secure(connection);
  if (secured || secured.error().code != base::Code::key_usage) co_return secured;
  auto requirement = client::despite_key_usage(connection.requirement);
  if (!requirement) co_return secured;
  const std::vector<net::Endpoint> same_peer(1, connection.names.remote);
  auto again = co_await connect(same_peer, std::move(*requirement));
  if (!again) co_return tl::unexpected(again.error());
  connection = std::move(*again);
  co_return co_await secure(connection);
}

io::Task<base::Result<void>> Sslclient::secure(Connection& connection) {
  const verify::Context context{client::wall_clock(), roots_ ? &*roots_ : nullptr, {}};
  auto session = co_await client::secure(loop_, connection.socket, connection.requirement,
                                         means_, context, report_);
  if (!session) co_return tl::unexpected(session.error());
  connection.session = std::move(*session);
  co_return base::Result<void>();
}

io::Task<int> Sslclient::converse() {
  auto reached = co_await reach();
  if (!reached) co_return fail(reached.error());
  Connection connection = std::move(*reached);
  if (options_.delayed_tls == Switch::on) {
    connection.names = co_await learner_->learn(connection.names);
    co_return co_await serve_delayed(std::move(connection));
  }
  // The names are looked up while the handshake waits for the peer; when that fails,
  // nobody waits for them.
  learner_->start(connection.names);
  const auto secured = co_await secure_at_last(connection);
  if (!secured) co_return fail(secured.error());
  tell_report();
  if (options_.verbosity == Verbosity::all) {
    say("ssl connect");
    say("tls " + report_.session->protocol + " " + report_.session->cipher + ": " +
        std::string(verify::to_text(report_.verdict->outcome)) + ": " +
        client::reason_line(report_));
  }
  connection.names = co_await learner_->finish();
  resolver_.reset();  // its sockets are not for the program
  co_return serve(std::move(connection));
}

// The program.

ucspi::ProgramFacts Sslclient::facts(const ucspi::ConnectionNames& names,
                                     const tls::Session* session) const {
  const bool variables = options_.tls_variables == Switch::on;
  return {names, options_.tcp_copies,
          variables ? ucspi::TlsVariables::yes : ucspi::TlsVariables::no, session,
          client::dane_variables(report_)};
}

ucspi::Options Sslclient::service() const {
  ucspi::Options out;
  out.program = options_.program;
  out.relay = options_.relay;
  out.on_relay_end = [this](const relay::Ending& ending) { tell_relay_end(ending); };
  return out;
}

void Sslclient::tell_relay_end(const relay::Ending& ending) const {
  const auto told = [](const base::Error& error) {
    return error.detail + " (" + std::string(base::to_text(error.code)) + ")";
  };
  if (ending.failure) {
    say("fatal: " + told(*ending.failure));
  } else if (ending.remark) {
    say("warning: " + told(*ending.remark));
  }
}

int Sslclient::status_of_service(const ucspi::ServiceEnd& end) const {
  if (!end.status) say("fatal: " + end.status.error().detail);
  return ucspi::exit_status(end);
}

int Sslclient::serve(Connection connection) {
  const auto environment = ucspi::program_environment(
      facts(connection.names, connection.session.get()), whole_environment());
  const auto end =
      ucspi::serve({std::move(connection.socket), std::move(connection.session)},
                   environment, service());
  return end ? status_of_service(*end) : fail(end.error());
}

/// UCSPI-TLS on the client's side (-y).
io::Task<int> Sslclient::serve_delayed(Connection connection) {
  std::optional<int> failed;  // what has been told already
  const auto prove =
      [&](io::Descriptor socket) -> io::Task<base::Result<ucspi::ProvedPeer>> {
    connection.socket = std::move(socket);
    const auto secured = co_await secure(connection);
    if (!secured) {
      failed = fail(secured.error());
      co_return tl::unexpected(secured.error());
    }
    tell_report();
    resolver_.reset();
    co_return ucspi::ProvedPeer{std::move(connection.socket),
                                std::move(connection.session)};
  };
  const auto variables = [&](const tls::Session& session) {
    return ucspi::later_variables(session, client::dane_variables(report_));
  };
  const ucspi::DelayedTls delayed{prove, variables};
  const auto environment =
      ucspi::program_environment(facts(connection.names, nullptr), whole_environment());
  const auto end = co_await ucspi::serve_delayed(std::move(connection.socket),
                                                 environment, service(), delayed);
  if (failed) co_return *failed;
  co_return end ? status_of_service(*end) : fail(end.error());
}

int Sslclient::run() {
  if (auto ready = prepare(); !ready) {
    // Not about the peer: nobody was asked yet. A file that cannot be used may be there
    // again in a minute; a mail that this delivers is not to bounce for it.
    say("fatal: " + ready.error().detail);
    report_.error = ready.error();
    tell_report();
    return ready.error().code == base::Code::no_trust_store ? kWrongCommandLine : kFailed;
  }
  return io::run_task(loop_, converse());
}

}  // namespace

int run(const Options& options) {
  // An honest peer is proved in milliseconds.
  constexpr std::chrono::seconds kMostWork{10};
  constexpr const char* kGivenUp =
      "sslclient: fatal: given up: proving the peer takes more work than any honest "
      "one\n";
  const bool quiet = options.verbosity == Verbosity::quiet;
  io::limit_work(kMostWork, {STDERR_FILENO, quiet ? "" : kGivenUp, kFailed});
  return Sslclient(options).run();
}

}  // namespace cli::sslclient
