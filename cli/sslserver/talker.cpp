// A connection, from its acceptance to its end.
//
// The order is what keeps a stranger out. First, as whoever the listener is, what needs
// that: the rules for the address, pipes, and the starter, which will be the program and
// has its environment from the rules alone. Then all rights go: user, group, root
// directory, files, privileges. Only after that is anything read that somebody else has
// written: names from the DNS, then the client's hello. Whoever takes the talker over by
// what it reads has this one connection, no key, no file, and a program that knows what
// the rules said.
#include "cli/sslserver/talker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "cli/sslserver/client_dane.h"
#include "cli/sslserver/starter.h"
#include "src/io/close_others.h"
#include "src/io/core_dumps.h"
#include "src/io/forbid_connections.h"
#include "src/io/landlock.h"
#include "src/io/pipe.h"
#include "src/io/run_task.h"
#include "src/io/work_limit.h"
#include "src/tls/certificate_text.h"
#include "src/ucspi/program_environment.h"
#include "src/ucspi/serve.h"

namespace cli::sslserver {
namespace {

using base::Code;
using base::ErrorKind;

constexpr int kFailed = 111;
constexpr int kDenied = 100;

class Talker {
 public:
  Talker(server::Accepted client, io::Descriptor channel, const Inheritance& from)
      : from_(from),
        options_(from.options),
        log_(from.options.verbosity),
        pid_(getpid()),
        socket_(std::move(client.socket)) {
    from_.keeper.asking->use(std::move(channel), options_.handshake_limit);
    names_.local_host = options_.names.local_host;
    names_.local = client.local;
    names_.remote = client.remote;
  }

  int run();

 private:
  void set_socket_options() const;
  /// What is decided by then the starter is told; else it decides.
  base::Result<void> start_starter(const std::optional<RuleBook::Verdict>& decided);
  [[noreturn]] void become_starter(std::optional<RuleBook::Verdict> decided,
                                   ProgramEnds theirs, io::Descriptor talk);
  base::Result<void> give_up_rights(const Variables& variables);
  void prepare_look_ups();
  void learn_names();
  std::optional<RuleBook::Verdict> decide_by_names();
  void close_to_files() const;
  void close_to_network();
  [[nodiscard]] const Site* find_site(const RuleBook::Verdict& verdict) const;
  io::Task<int> converse();
  io::Task<int> serve_at_once();
  io::Task<int> serve_delayed();
  io::Task<base::Result<ucspi::ProvedPeer>> prove(io::Descriptor socket);
  io::Task<base::Result<void>> prove_by_dane(tls::Session& session, io::Stream& stream,
                                             io::TimePoint deadline);
  [[nodiscard]] base::Result<std::unique_ptr<tls::Session>> make_session() const;
  [[nodiscard]] bool judge(const verify::Chain& chain);
  /// Lets the starter become the program, with what is known of the session.
  [[nodiscard]] bool order(const tls::Session* session) const;
  [[nodiscard]] ucspi::Options service() const;
  int end(const base::Result<ucspi::ServiceEnd>& end) const;
  int drop(std::string_view why) const;

  const Inheritance& from_;
  const Options& options_;
  Log log_;
  pid_t pid_;
  std::optional<io::Loop> loop_;  // once all else is closed
  io::Descriptor socket_;
  ucspi::ConnectionNames names_;
  std::unique_ptr<resolver::Resolver> resolver_;
  ucspi::Program program_;  // the starter, and our ends of its pipes
  io::Descriptor control_;  // of UCSPI-TLS
  io::Descriptor talk_;     // with the starter
  const Site* site_ = nullptr;
  std::optional<std::string> objection_;  // to the client's certificate
  ucspi::DaneVariables dane_;             // of a client that is proved by DANE
};

int Talker::drop(std::string_view why) const {
  log_.warn("dropping connection " + std::to_string(pid_) + " from " +
            net::to_text(names_.remote.address) + ": " + std::string(why));
  return kFailed;
}

// Before anything of the client is read.

void Talker::set_socket_options() const {
  if (options_.keep_ip_options == Switch::off) {
    (void)setsockopt(socket_.get(), IPPROTO_IP, IP_OPTIONS, nullptr, 0);
  }
  if (options_.no_delay == Switch::on) {
    const int on = 1;
    (void)setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
}

void Talker::become_starter(std::optional<RuleBook::Verdict> decided, ProgramEnds theirs,
                            io::Descriptor talk) {
  // What is ours stays open in the talker alone, or neither would see the other end.
  program_.to_child.reset();
  program_.from_child.reset();
  control_.reset();
  talk_.reset();
  from_.keeper.asking->end();
  std::_Exit(start_program(options_, from_.rules, from_.environment,
                           {names_, std::move(decided), std::move(socket_)},
                           std::move(theirs), std::move(talk)));
}

base::Result<void> Talker::start_starter(
    const std::optional<RuleBook::Verdict>& decided) {
  auto to_child = io::make_pipe();
  if (!to_child) return tl::unexpected(to_child.error());
  auto from_child = io::make_pipe();
  if (!from_child) return tl::unexpected(from_child.error());
  ProgramEnds theirs{std::move(to_child->first), std::move(from_child->second), {}};
  program_.to_child = std::move(to_child->second);
  program_.from_child = std::move(from_child->first);
  if (options_.delayed_tls == Switch::on) {
    auto control = ucspi::make_control();
    if (!control) return tl::unexpected(control.error());
    control_ = std::move(control->first);
    theirs.control = std::move(control->second);
  }
  auto talk = make_talk();
  if (!talk) return tl::unexpected(talk.error());
  talk_ = std::move(talk->first);
  const pid_t starter = fork();
  if (starter == 0) become_starter(decided, std::move(theirs), std::move(talk->second));
  if (starter > 0) {
    // What was left open for the program is the program's.
    io::close_others({STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, socket_.get(),
                      program_.to_child.get(), program_.from_child.get(), control_.get(),
                      talk_.get(), from_.keeper.asking->descriptor()});
    program_.process = relay::WatchedProgram(starter);
    return {};
  }
  return base::fail(ErrorKind::internal, Code::local,
                    "unable to fork: " + base::system_message(errno));
}

/// `variables` are those of the rule for the address: no name of the client is known yet,
/// and afterwards it is too late.
base::Result<void> Talker::give_up_rights(const Variables& variables) {
  const auto who = talker_rights(variables);
  if (!who) return tl::unexpected(who.error());
  if (const auto root = variables.value("SSL_CHROOT")) {
    if (auto shut = server::shut_in(*root); !shut) return shut;
  }
  if (auto done = server::give_up_root(*who); !done) return done;
  io::forbid_core_dumps();
  return {};
}

// The names.

void Talker::prepare_look_ups() {
  if (!options_.names.are_asked_for() && options_.client != ClientDemand::dane) return;
  resolver::Config how = options_.resolver;
  how.deadline =
      std::min<std::chrono::milliseconds>(how.deadline, options_.handshake_limit);
  auto resolver = resolver::Resolver::create(*loop_, std::move(how));
  if (!resolver) {
    log_.warn("names of connections cannot be looked up: " + resolver.error().detail);
    return;
  }
  resolver_ = std::move(*resolver);
}

void Talker::learn_names() {
  if (!resolver_) return;
  ucspi::NameLearner learner(*loop_, *resolver_, options_.names);
  names_ = io::run_task(*loop_, learner.learn(names_));
}

/// Whoever takes us over is to speak to nobody else; not to what listens on this machine
/// either.
void Talker::close_to_network() {
  resolver_.reset();
  io::forbid_connections();
}

/// The starter decides, and would not believe us if we said what the rules say.
std::optional<RuleBook::Verdict> Talker::decide_by_names() {
  learn_names();
  io::renew_work();
  if (!send_words(talk_.get(), to_words(names_))) return std::nullopt;
  return hear_decision(talk_.get());
}

/// Nothing is read from files any more.
void Talker::close_to_files() const {
  io::FileRights none;
  none.reading = io::FilesRead::nothing;
  io::confine(none);
}

const Site* Talker::find_site(const RuleBook::Verdict& verdict) const {
  const auto settings = site_settings(from_.variables.with(verdict.variables));
  return settings ? from_.keeper.sites.find(*settings) : nullptr;
}

int Talker::run() {
  const net::Address& address = names_.remote.address;
  log_.begins(pid_, address);
  const auto by_address = from_.rules.judge_address(address);
  if (!by_address) return drop(by_address.error().detail);
  // The last word, where no names are asked for.
  std::optional<RuleBook::Verdict> decided;
  if (!options_.names.are_asked_for()) decided = *by_address;
  const bool is_denied =
      decided ? !decided->is_allowed : from_.rules.denies_at_once(address).value_or(true);
  if (is_denied) {
    log_.judged(false, pid_, names_);
    return kDenied;
  }
  set_socket_options();
  if (auto started = start_starter(decided); !started) {
    return drop(started.error().detail);
  }
  loop_.emplace(1);
  prepare_look_ups();
  if (auto given = give_up_rights(from_.variables.with(by_address->variables)); !given) {
    return drop(given.error().detail);
  }
  close_to_files();
  constexpr std::chrono::seconds kMostWork{10};  // what is honest takes milliseconds
  const std::string last_words = options_.verbosity == Verbosity::quiet
                                     ? ""
                                     : "sslserver: warning: dropping connection " +
                                           std::to_string(pid_) + ": too much work\n";
  io::limit_work(kMostWork, {STDERR_FILENO, last_words, kFailed});
  const auto verdict = decided ? decided : decide_by_names();
  if (!verdict) return drop("there is no decision by the rules");
  log_.judged(verdict->is_allowed, pid_, names_);
  if (!verdict->is_allowed) return kDenied;
  site_ = find_site(*verdict);
  if (site_ == nullptr) {
    return drop("the certificates that the rule names have not been read");
  }
  // The records of a client that shows a certificate are still to be asked for.
  if (site_->demand != ClientDemand::dane) close_to_network();
  return io::run_task(*loop_, converse());
}

// TLS.

base::Result<std::unique_ptr<tls::Session>> Talker::make_session() const {
  tls::ServerOptions how;
  how.priorities = site_->priorities;
  how.protocols = site_->protocols;
  if (site_->demand != ClientDemand::none) {
    how.client_certificate = site_->demand == ClientDemand::optional
                                 ? tls::ClientCertificate::optional
                                 : tls::ClientCertificate::required;
  }
  how.raw_client_keys = !site_->client_names.empty();
  how.credentials = [this](const std::string& name) { return site_->shown_to(name); };
  how.ticket_key = [this](const std::string& name) {
    return from_.keeper.asking->ticket_key(site_->ticket_words + " name " + name);
  };
  if (!options_.chain_file.empty()) {
    how.dnssec_chain = [this](const std::string& name, std::uint16_t port) {
      return from_.chain.words_for(name, port);
    };
  }
  return tls::make_server(std::move(how));
}

bool Talker::judge(const verify::Chain& chain) {
  if (!site_->trust || site_->demand == ClientDemand::dane) return true;
  objection_ = objection_to(chain, site_->demand, *site_->trust, names_.remote_host);
  const auto* sent = std::get_if<verify::Certificates>(&chain);
  if (objection_ && sent != nullptr && !sent->empty()) {
    const tls::CertificateText leaf = tls::describe_certificate(sent->front());
    *objection_ += "; its certificate is of " +
                   (leaf.subject.empty() ? "nobody" : leaf.subject) + ", issued by " +
                   (leaf.issuer.empty() ? "nobody" : leaf.issuer);
  }
  return !objection_;
}

/// Asks the DNS about a client that has shaken hands: nothing has been said to it or
/// heard from it so far, and in TLS 1.3 it has shown its certificate only now.
io::Task<base::Result<void>> Talker::prove_by_dane(tls::Session& session,
                                                   io::Stream& stream,
                                                   io::TimePoint deadline) {
  const verify::Roots* roots = site_->trust ? &site_->trust->roots : nullptr;
  ClientProof proof;
  proof.objection = "names cannot be looked up";
  if (resolver_) {
    proof = co_await prove_client(*resolver_, session.chain(), options_.client_service,
                                  site_->client_names, roots, deadline);
  }
  close_to_network();
  if (proof.objection) {
    session.refuse();
    (void)session.flush(stream.fd());
    (void)drop("the client is not proved: " + *proof.objection);
    co_return base::fail(ErrorKind::temporary, Code::refused, *proof.objection);
  }
  proof.report.session = session.facts();
  dane_ = client::dane_variables(proof.report);
  co_return base::Result<void>();
}

io::Task<base::Result<ucspi::ProvedPeer>> Talker::prove(io::Descriptor socket) {
  auto session = make_session();
  if (!session) co_return tl::unexpected(session.error());
  const io::TimePoint deadline = io::Clock::now() + options_.handshake_limit;
  io::Stream stream(*loop_, std::move(socket));
  const tls::Judge judge = [this](const verify::Chain& chain) {
    return this->judge(chain);
  };
  const auto shaken = co_await (*session)->handshake(stream, judge, deadline);
  from_.keeper.asking->end();
  if (!shaken) {
    (void)drop(objection_ ? *objection_ : shaken.error().detail);
    co_return tl::unexpected(shaken.error());
  }
  if (site_->demand == ClientDemand::dane) {
    auto proved = co_await prove_by_dane(**session, stream, deadline);
    if (!proved) co_return tl::unexpected(proved.error());
  }
  log_.shook_hands(pid_, (*session)->facts());
  co_return ucspi::ProvedPeer{stream.release(), std::move(*session)};
}

bool Talker::order(const tls::Session* session) const {
  ucspi::Environment changes;
  if (session != nullptr && options_.tls_variables == Switch::on) {
    ucspi::set_tls_variables(changes, *session, ucspi::OwnRole::server);
  }
  // What a program above us was told is not of this client.
  for (const auto& [name, value] : client::dane_variables({})) {
    changes.unset(name);
  }
  for (const auto& [name, value] : dane_) {
    if (!value.empty()) changes.set(name, value);
  }
  return send_words(talk_.get(), to_words(changes));
}

ucspi::Options Talker::service() const {
  ucspi::Options out;
  out.relay = options_.relay;
  out.on_relay_end = [this](const relay::Ending& ending) {
    if (ending.failure) (void)drop(ending.failure->detail);
    if (!ending.failure && ending.remark) {
      log_.warn("connection " + std::to_string(pid_) + " from " +
                net::to_text(names_.remote.address) + ": " + ending.remark->detail);
    }
  };
  return out;
}

int Talker::end(const base::Result<ucspi::ServiceEnd>& end) const {
  if (!end) return kFailed;
  if (!end->status) return drop(end->status.error().detail);
  return ucspi::exit_status(*end);
}

io::Task<int> Talker::serve_at_once() {
  auto peer = co_await prove(std::move(socket_));
  if (!peer) co_return kFailed;
  if (!options_.banner.empty()) {
    if (auto said = peer->session->write(base::as_bytes(options_.banner)); !said) {
      co_return drop(said.error().detail);
    }
  }
  if (!order(peer->session.get())) co_return drop("the starter has ended");
  talk_.reset();
  co_return end(ucspi::serve(std::move(*peer), std::move(program_), service()));
}

/// UCSPI-TLS (-n).
io::Task<int> Talker::serve_delayed() {
  if (!options_.banner.empty()) {
    io::Stream plain(*loop_, std::move(socket_));
    const auto said = co_await plain.write_all(
        options_.banner, io::Clock::now() + options_.handshake_limit);
    if (!said) co_return drop(said.error().detail);
    socket_ = plain.release();
  }
  bool is_told = false;
  ucspi::DelayedTls tls;
  tls.start = [this](int) -> base::Result<ucspi::DelayedProgram> {
    if (!order(nullptr)) {
      return base::fail(ErrorKind::internal, Code::exec, "the starter has ended");
    }
    talk_.reset();
    return ucspi::DelayedProgram{std::move(program_), std::move(control_)};
  };
  tls.prove = [&](io::Descriptor socket) {
    is_told = true;
    return prove(std::move(socket));
  };
  tls.variables = [this](const tls::Session& session) {
    return ucspi::later_variables(session, ucspi::OwnRole::server, dane_);
  };
  const ucspi::Options how = service();
  const auto ended = co_await ucspi::serve_delayed(std::move(socket_), how, tls);
  if (!ended && !is_told) co_return drop(ended.error().detail);
  co_return end(ended);
}

io::Task<int> Talker::converse() {
  if (options_.delayed_tls == Switch::on) co_return co_await serve_delayed();
  co_return co_await serve_at_once();
}

}  // namespace

base::Result<server::Rights> talker_rights(const Variables& variables) {
  server::Rights out;
  const std::pair<const char*, const char*> words[] = {{"SSL_UID", "SSL_GID"},
                                                       {"SSL_USER", "SSL_GROUP"}};
  for (const auto& [user, group] : words) {
    if (const auto word = variables.value(user); word && !out.user) {
      const auto number = server::user_number(user, *word);
      if (!number) return tl::unexpected(number.error());
      out.user = *number;
    }
    if (const auto word = variables.value(group); word && !out.group) {
      const auto number = server::group_number(group, *word);
      if (!number) return tl::unexpected(number.error());
      out.group = *number;
    }
  }
  if (out.user == uid_t{0}) {
    return base::fail(ErrorKind::usage, Code::usage,
                      "SSL_UID: root is not to hear strangers");
  }
  return out;
}

int talk_to(server::Accepted client, io::Descriptor channel,
            const Inheritance& inheritance) {
  return Talker(std::move(client), std::move(channel), inheritance).run();
}

}  // namespace cli::sslserver
