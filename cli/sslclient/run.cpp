#include "cli/sslclient/run.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdio>
#include <deque>

#include "cli/json_target.h"
#include "cli/key_password.h"
#include "cli/library_environment.h"
#include "cli/sslclient/chain_pins.h"
#include "cli/sslclient/chained_reach.h"
#include "cli/version.h"
#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/client/live_contact.h"
#include "src/client/trust_store.h"
#include "src/io/core_dumps.h"
#include "src/io/host_name.h"
#include "src/io/replace_file.h"
#include "src/io/run_task.h"
#include "src/io/work_limit.h"
#include "src/ucspi/connection_names.h"
#include "src/ucspi/program_environment.h"
#include "src/ucspi/serve.h"
#include "src/witness/connect_evidence.h"

namespace cli::sslclient {
namespace {

using base::ErrorKind;

constexpr int kFailed = 111;
constexpr int kWrongCommandLine = 100;

bool wants_trust_store(const Options& options) {
  return policy::wants_trust_store(options.demand.level) || !options.ca_file.empty() ||
         !options.ca_directory.empty();
}

/// Whether standard error is for JSON and for nothing else. Who says -v wants both.
bool is_json_alone(const Options& options) {
  return options.json && options.json->is_alone && options.verbosity != Verbosity::all;
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
  [[nodiscard]] client::Options flow();
  [[nodiscard]] std::unique_ptr<client::Opening> opening() const;
  [[nodiscard]] io::Duration flow_limit() const;
  void begin(const io::ConnectOutcome& connected);
  [[nodiscard]] client::Wanted wanted() const;
  io::Task<base::Result<client::Reached>> reach();
  io::Task<int> connect_and_serve();
  io::Task<int> connect_and_delay(client::Location location);
  int serve(client::Connection connection);
  io::Task<int> serve_delayed(io::Descriptor socket, client::Terms terms);
  int end(const client::Connection& connection);
  [[nodiscard]] ucspi::Options service() const;
  [[nodiscard]] ucspi::ProgramFacts facts(const ucspi::ConnectionNames& names,
                                          const tls::Session* session) const;
  void tell_relay_end(const relay::Ending& ending) const;
  [[nodiscard]] int status_of_service(const ucspi::ServiceEnd& end) const;
  void tell_connect_failures(const std::vector<io::ConnectFailure>& failures);
  [[nodiscard]] bool is_clear_text_taken_for_tls(const base::Error& error) const;
  int fail(const base::Error& error);
  void tell_report();
  void complain(std::string_view severity, const base::Error& error) const;
  void say(std::string_view line) const;

  const Options& options_;
  io::Loop loop_;
  std::unique_ptr<resolver::Resolver> resolver_;
  std::unique_ptr<witness::ConnectEvidence> evidence_;
  std::optional<verify::Roots> roots_;
  tls::Options tls_;
  client::Report report_;
  std::deque<ucspi::NameLearner> learners_;  // one for each connection that stood
  ucspi::ConnectionNames names_;
  io::Descriptor json_file_;
  bool told_ = false;      // on standard error
  bool reported_ = false;  // as JSON
};

void Sslclient::say(std::string_view line) const {
  if (options_.verbosity == Verbosity::quiet || is_json_alone(options_)) return;
  std::fprintf(stderr, "sslclient: %s\n", base::printable(line, base::kMessage).c_str());
}

void Sslclient::tell_report() {
  if (!options_.json || reported_) return;
  reported_ = true;
  const int out = json_file_ ? json_file_.get() : options_.json->target.descriptor;
  if (json_file_ && !options_.json->target.file.empty()) empty_json(out);
  if (out >= 0) {
    const auto written = write_json(out, client::to_json(report_));
    if (!written) say("warning: " + written.error().detail);
  }
  json_file_.reset();  // it is not for the program
}

/// What goes wrong when the verdict has been told: a line, or JSON where nothing else is
/// said.
void Sslclient::complain(std::string_view severity, const base::Error& error) const {
  if (options_.verbosity == Verbosity::quiet) return;
  if (!is_json_alone(options_)) {
    say(std::string(severity) + ": " + error.detail + " (" +
        std::string(base::to_text(error.code)) + ")");
    return;
  }
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("host", report_.host).member("port", report_.port);
  json.member("severity", severity).member("reason", base::to_text(error.code));
  json.member("detail", error.detail).end_object();
  (void)write_json(STDERR_FILENO, json.text());  // there is nowhere else to say so
}

/// Whether TLS was tried at a port where it mostly comes after a dialogue.
bool Sslclient::is_clear_text_taken_for_tls(const base::Error& error) const {
  const bool is_broken =
      error.code == base::Code::handshake || error.code == base::Code::truncated;
  return is_broken && !options_.starttls && options_.delayed_tls == Switch::off &&
         starttls::protocol_at(options_.target.port).has_value();
}

int Sslclient::fail(const base::Error& error) {
  const bool is_late = reported_;
  report_.error = error;
  if (is_late && is_json_alone(options_)) {
    complain("fatal", error);
  } else if (!told_) {
    say("fatal: " + base::printable(options_.host_word, base::kName) + ":" +
        std::to_string(options_.target.port) + ": " + client::reason_line(report_) +
        " (" + client::reason_word(report_) + ")");
    if (is_clear_text_taken_for_tls(error)) {
      const auto protocol = starttls::protocol_at(options_.target.port);
      say("port " + std::to_string(options_.target.port) +
          " mostly begins in clear text: --starttls " +
          std::string(starttls::to_text(*protocol)));
    }
  }
  tell_report();
  const bool dropped =
      error.code == base::Code::connect || error.code == base::Code::refused ||
      error.code == base::Code::no_tlsa || error.code == base::Code::no_chain;
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
  if (options_.json && !options_.json->target.file.empty()) {
    auto file = open_json(options_.json->target);
    if (!file) return tl::unexpected(file.error());
    json_file_ = std::move(*file);
  }
  tls_ = options_.tls;
  const auto source = options_.key_password_on_3 == Switch::on
                          ? KeyPasswordSource::descriptor_3
                          : KeyPasswordSource::file;
  const tls::OwnCertificate& own = tls_.certificate;
  if (!own.file.empty() || !own.key_file.empty()) {
    io::forbid_core_dumps();
  }
  auto password = read_key_password(source, options_.key_password_file);
  if (!password) return tl::unexpected(password.error());
  tls_.certificate.key_password = std::move(*password);
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
  if (options_.evidence) {
    auto evidence = witness::ConnectEvidence::open({*options_.evidence, maker()}, loop_,
                                                   *resolver_, options_.resolver);
    if (!evidence) return tl::unexpected(evidence.error());
    evidence_ = std::move(*evidence);
  }
  if (options_.chain && !options_.chain->pins.empty()) {
    if (auto pins = read_pins(options_.chain->pins); !pins) {
      return tl::unexpected(pins.error());
    }
    if (auto place = io::check_replaceable(options_.chain->pins); !place) return place;
  }
  return {};
}

// From a name to a proved peer.

std::unique_ptr<client::Opening> Sslclient::opening() const {
  if (!options_.starttls) return client::no_opening();
  const std::string own = options_.names.local_host.value_or("");
  return client::starttls_opening(
      starttls::make_dialogue(*options_.starttls, own.empty() ? io::host_name() : own,
                              client::to_text(options_.target.host)),
      flow_limit());
}

io::Duration Sslclient::flow_limit() const {
  return options_.timeouts.first + options_.timeouts.second;
}

client::Options Sslclient::flow() {
  client::Options out;
  out.source = options_.source;
  out.connect = options_.timeouts;
  out.tls = tls_;
  out.hello = options_.send_server_name;
  out.server_name = options_.server_name;
  out.handshake_limit = flow_limit();
  out.opening = [this] { return opening(); };
  out.on_connected = [this](const io::ConnectOutcome& connected) { begin(connected); };
  return out;
}

/// What is done and said about each connection that stands. The names of the connection
/// are looked up while the handshake waits for the peer; when that fails, nobody waits
/// for them.
void Sslclient::begin(const io::ConnectOutcome& connected) {
  tell_connect_failures(connected.failures);
  if (options_.verbosity == Verbosity::all) {
    say("connected to " + net::to_text(connected.peer.address) + " port " +
        std::to_string(connected.peer.port));
  }
  if (options_.no_delay == Switch::on) {
    const int on = 1;
    setsockopt(connected.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  names_.local = connected.local;
  names_.remote = connected.peer;
  auto& learner = learners_.emplace_back(loop_, *resolver_, options_.names);
  if (options_.delayed_tls == Switch::off) learner.start(names_);
}

/// What became of a connection that is not good; the report has it already.
int Sslclient::end(const client::Connection& connection) {
  if (connection.seen.progress == client::Progress::nothing) {
    tell_connect_failures(connection.failures);
    told_ = !connection.failures.empty();
  }
  return fail(*report_.error);
}

client::Wanted Sslclient::wanted() const {
  return {options_.host_word, options_.target, client::Addresses::all, options_.demand,
          roots_ ? &*roots_ : nullptr};
}

/// An error is one of writing evidence, or of the file of pins, where these are asked
/// for.
io::Task<base::Result<client::Reached>> Sslclient::reach() {
  const client::Wanted what = wanted();
  const client::Options options = flow();
  if (evidence_) co_return co_await evidence_->reach(what, options);
  if (options_.chain) {
    co_return co_await reach_by_chain(loop_, *resolver_, *options_.chain, what, options);
  }
  client::LiveContact contact(loop_);
  co_return co_await client::reach_target(*resolver_, contact, what, options);
}

io::Task<int> Sslclient::connect_and_serve() {
  auto reached = co_await reach();
  if (!reached) co_return fail(reached.error());
  report_ = std::move(reached->report);
  if (report_.error) co_return end(reached->connection);
  tell_report();
  if (options_.verbosity == Verbosity::all) {
    say("ssl connect");
    say("tls " + report_.session->protocol + " " + report_.session->cipher + ": " +
        std::string(verify::to_text(report_.verdict->outcome)) + ": " +
        client::reason_line(report_));
  }
  // Also those of a connection that is over, which still ask the resolver.
  for (ucspi::NameLearner& learner : learners_) names_ = co_await learner.finish();
  evidence_.reset();
  resolver_.reset();  // its sockets are not for the program
  co_return serve(std::move(reached->connection));
}

/// With -y the program is there before TLS is: what cannot be proved is known before it
/// is started.
io::Task<int> Sslclient::connect_and_delay(client::Location location) {
  auto endpoints = location.endpoints;
  auto lookup = co_await client::look_up(*resolver_, std::move(location),
                                         options_.target.port, options_.demand);
  report_.facts = lookup.facts;
  if (!lookup.requirement) co_return fail(lookup.requirement.error());
  auto connected = co_await io::connect_any(loop_, std::move(endpoints), options_.source,
                                            options_.timeouts);
  if (!connected.socket) {
    client::Connection nothing;
    nothing.failures = std::move(connected.failures);
    client::add(report_, nothing);
    co_return end(nothing);
  }
  begin(connected);
  report_.peer = connected.peer;
  names_ = co_await learners_.back().learn(names_);
  client::Terms terms{lookup.facts, *lookup.requirement, roots_ ? &*roots_ : nullptr};
  co_return co_await serve_delayed(std::move(connected.socket), std::move(terms));
}

io::Task<int> Sslclient::converse() {
  if (options_.delayed_tls == Switch::off) co_return co_await connect_and_serve();
  auto location = co_await client::locate(*resolver_, options_.target, options_.demand);
  if (!location) co_return fail(location.error());
  co_return co_await connect_and_delay(std::move(*location));
}

// The program.

ucspi::ProgramFacts Sslclient::facts(const ucspi::ConnectionNames& names,
                                     const tls::Session* session) const {
  const bool variables = options_.tls_variables == Switch::on;
  return {names,
          options_.tcp_copies,
          variables ? ucspi::TlsVariables::yes : ucspi::TlsVariables::no,
          session,
          ucspi::OwnRole::client,
          client::dane_variables(report_)};
}

ucspi::Options Sslclient::service() const {
  ucspi::Options out;
  out.relay = options_.relay;
  out.on_relay_end = [this](const relay::Ending& ending) { tell_relay_end(ending); };
  return out;
}

void Sslclient::tell_relay_end(const relay::Ending& ending) const {
  if (ending.failure) {
    complain("fatal", *ending.failure);
  } else if (ending.remark) {
    complain("warning", *ending.remark);
  }
}

int Sslclient::status_of_service(const ucspi::ServiceEnd& end) const {
  if (!end.status) complain("fatal", end.status.error());
  return ucspi::exit_status(end);
}

int Sslclient::serve(client::Connection connection) {
  auto session = connection.channel->release_session();
  const auto environment =
      ucspi::program_environment(facts(names_, session.get()), whole_environment());
  auto program =
      ucspi::spawn_on_pipes(options_.program, environment, ucspi::kClientDescriptors);
  if (!program) return fail(program.error());
  return status_of_service(
      ucspi::serve({connection.channel->release_socket(), std::move(session)},
                   std::move(*program), service()));
}

/// UCSPI-TLS on the client's side (-y).
io::Task<int> Sslclient::serve_delayed(io::Descriptor plain, client::Terms terms) {
  std::optional<int> failed;  // what has been told already
  const client::Options options = flow();
  const auto prove =
      [&](io::Descriptor socket) -> io::Task<base::Result<ucspi::ProvedPeer>> {
    auto connection = co_await client::secure(loop_, std::move(socket), terms, options);
    connection.peer = names_.remote;
    client::add(report_, connection);
    if (!connection.is_good()) {
      failed = fail(*report_.error);
      co_return tl::unexpected(*report_.error);
    }
    tell_report();
    resolver_.reset();
    auto session = connection.channel->release_session();
    co_return ucspi::ProvedPeer{connection.channel->release_socket(), std::move(session)};
  };
  const auto variables = [&](const tls::Session& session) {
    return ucspi::later_variables(session, ucspi::OwnRole::client,
                                  client::dane_variables(report_));
  };
  const auto start = [&](int socket) {
    return ucspi::spawn_delayed(
        options_.program,
        ucspi::program_environment(facts(names_, nullptr), whole_environment()), socket,
        ucspi::kClientDescriptors);
  };
  // A coroutine's parameters have names here: GCC 12 ends the life of some that have none
  // before the coroutine does.
  const ucspi::Options how = service();
  const ucspi::DelayedTls delayed{start, prove, variables};
  const auto end = co_await ucspi::serve_delayed(std::move(plain), how, delayed);
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

/// What is said by a process that has no time left to say it.
std::string words_when_given_up(const Options& options) {
  const std::string why =
      "given up: proving the peer takes more work than any honest one";
  if (is_json_alone(options)) {
    client::Report report;
    report.host = options.host_word;
    report.port = options.target.port;
    report.level = options.demand.level;
    report.error = base::Error{base::ErrorKind::temporary, base::Code::too_much, why};
    return client::to_json(report) + "\n";
  }
  return options.verbosity == Verbosity::quiet ? "" : "sslclient: fatal: " + why + "\n";
}

}  // namespace

int run(const Options& options) {
  // An honest peer is proved in milliseconds.
  constexpr std::chrono::seconds kMostWork{10};
  io::limit_work(kMostWork, {STDERR_FILENO, words_when_given_up(options), kFailed});
  return Sslclient(options).run();
}

}  // namespace cli::sslclient
