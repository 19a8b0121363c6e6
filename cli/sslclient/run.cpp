#include "cli/sslclient/run.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <asio/co_spawn.hpp>
#include <cerrno>
#include <cstdio>

#include "cli/key_password.h"
#include "cli/library_environment.h"
#include "src/base/bytes.h"
#include "src/client/secure.h"
#include "src/client/trust_store.h"
#include "src/io/core_dumps.h"
#include "src/io/work_limit.h"
#include "src/ucspi/child.h"
#include "src/ucspi/connection_names.h"
#include "src/ucspi/delayed.h"
#include "src/ucspi/tls_variables.h"

namespace cli {
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

bool wants_trust_store(const SslclientOptions& options) {
  const policy::Level level = options.demand.level;
  return level == policy::Level::pkix || level == policy::Level::dane_and_pkix ||
         (!options.ca_file.empty() || !options.ca_directory.empty());
}

class Sslclient {
 public:
  explicit Sslclient(const SslclientOptions& options) : options_(options), loop_(1) {
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
  io::Task<int> serve_delayed(Connection connection);
  int serve(Connection connection);
  int relay_until_exit(Connection connection, ucspi::Program program);
  [[nodiscard]] std::vector<std::string> environment(const Connection& connection,
                                                     const tls::Session* session) const;
  void tell_connect_failures(const std::vector<io::ConnectFailure>& failures);
  int fail(const base::Error& error);
  void tell_report();
  void say(std::string_view line) const;

  const SslclientOptions& options_;
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
  const std::string line = client::to_json(report_) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t n = ::write(*options_.json, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
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

// --- before the first question
// -------------------------------------------------------------

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
  if (!means_.tls.certificate_file.empty() || !means_.tls.key_file.empty()) {
    io::forbid_core_dumps();
  }
  auto password = read_key_password(source, options_.key_password_file);
  if (!password) return tl::unexpected(password.error());
  means_.tls.key_password = std::move(*password);
  // What is wrong with the files of the command line is said before anything is
  // connected.
  if (auto usable = tls::check_own_certificate(means_.tls); !usable) {
    return tl::unexpected(usable.error());
  }
  if (options_.verify_peer && wants_trust_store(options_)) {
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

// --- from a name to a connection
// -----------------------------------------------------------

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

// --- the program
// ---------------------------------------------------------------------------

std::vector<std::string> Sslclient::environment(const Connection& connection,
                                                const tls::Session* session) const {
  ucspi::Environment changes;
  ucspi::set_connection(changes, connection.names, options_.tcp_copies);
  if (session != nullptr && options_.tls_variables == Switch::on) {
    ucspi::set_tls_variables(changes, *session);
  }
  for (const auto& [name, value] : client::dane_variables(report_)) {
    const bool known = session != nullptr && !value.empty();
    changes.set_or_unset(name, known ? std::optional(value) : std::nullopt);
  }
  return changes.applied_to(whole_environment());
}

int Sslclient::relay_until_exit(Connection connection, ucspi::Program program) {
  io::lift_work_limit();
  relay::Options options = options_.relay;
  options.program = program.pid;
  const relay::Ending ending =
      relay::run(*connection.session,
                 {std::move(connection.socket), std::move(program.to_child),
                  std::move(program.from_child)},
                 options);
  const auto told = [](const base::Error& error) {
    return error.detail + " (" + std::string(base::to_text(error.code)) + ")";
  };
  if (ending.failure) {
    say("fatal: " + told(*ending.failure));
  } else if (ending.remark) {
    say("warning: " + told(*ending.remark));
  }
  const auto status = ucspi::wait_for(program.pid);
  if (!status) say("fatal: " + status.error().detail);
  return !ending.failure && status ? *status : kFailed;
}

int Sslclient::serve(Connection connection) {
  auto program = ucspi::spawn_on_pipes(options_.program,
                                       environment(connection, connection.session.get()),
                                       ucspi::kFromPeer, ucspi::kToPeer);
  if (!program) return fail(program.error());
  return relay_until_exit(std::move(connection), std::move(*program));
}

/// UCSPI-TLS on the client's side (-y): the program has the plain connection on 6 and 7
/// and says when TLS is to begin; from then on it gets nothing from a peer that is not
/// proved, and what it holds of the plain connection is shut down with a refused one.
io::Task<int> Sslclient::serve_delayed(Connection connection) {
  const int socket = connection.socket.get();
  io::Descriptor ours(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (!ours)
    co_return fail({ErrorKind::internal, base::Code::dup, base::system_message(errno)});
  const int flags = fcntl(socket, F_GETFL);
  fcntl(socket, F_SETFL, flags & ~O_NONBLOCK);  // the program's for now
  auto delayed =
      ucspi::spawn_delayed(options_.program, environment(connection, nullptr), socket);
  if (!delayed) co_return fail(delayed.error());
  ucspi::Program program = std::move(delayed->program);
  const auto command = ucspi::read_command(delayed->control.get());
  const auto let_go = [&] {  // of all that the program could wait for
    delayed->control.reset();
    program.to_child.reset();
    program.from_child.reset();
  };
  if (!command) {
    shutdown(ours.get(), SHUT_RDWR);
    co_return fail(
        {ErrorKind::temporary, base::Code::bad_command, command.error().detail});
  }
  if (*command == ucspi::TlsCommand::none) {
    connection.socket.reset();
    ours.reset();
    let_go();
    const auto status = ucspi::wait_for(program.pid);
    co_return status ? *status : fail(status.error());
  }
  fcntl(socket, F_SETFL, flags | O_NONBLOCK);
  const auto secured = co_await secure(connection);
  if (!secured) {
    shutdown(ours.get(), SHUT_RDWR);
    const int failed = fail(secured.error());
    let_go();
    (void)ucspi::wait_for(program.pid);  // its status does not count: it had no peer
    co_return failed;
  }
  tell_report();
  resolver_.reset();
  if (*command == ucspi::TlsCommand::start_env) {
    ucspi::Environment variables;
    ucspi::set_tls_variables(variables, *connection.session);
    for (const auto& [name, value] : client::dane_variables(report_)) {
      if (!value.empty()) variables.set("SSL_" + name, value);
    }
    ucspi::reply_meanwhile(std::move(delayed->control), variables.applied_to(nullptr));
  }
  delayed->control.reset();
  co_return relay_until_exit(std::move(connection), std::move(program));
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
  int status = kFailed;
  asio::co_spawn(
      loop_, [&]() -> io::Task<void> { status = co_await converse(); },
      [&](const std::exception_ptr& error) {
        loop_.stop();  // questions that nobody waits for any more may still be in flight
        if (error) std::rethrow_exception(error);
      });
  const io::Pulse::Hold pulse(io::Pulse::of(loop_));
  loop_.run();
  return status;
}

}  // namespace

int run_sslclient(const SslclientOptions& options) {
  constexpr std::chrono::seconds kMostWork{
      10};  // an honest peer is proved in milliseconds
  const bool quiet = options.verbosity == Verbosity::quiet;
  io::limit_work(kMostWork, {STDERR_FILENO,
                             quiet ? ""
                                   : "sslclient: fatal: given up: proving the peer "
                                     "takes more work than any honest one\n",
                             kFailed});
  return Sslclient(options).run();
}

}  // namespace cli
