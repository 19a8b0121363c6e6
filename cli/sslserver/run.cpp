// The listener: it accepts and forks, and reads nothing that a stranger has written. So
// it may stay what it was started as: it has to, in order to read new keys and to give
// each connection its own rights.
//
// SIGTERM ends it at once; connections that stand go on by themselves, for they have all
// that they need, and a supervisor can start the next listener on the port. SIGHUP lets a
// new keeper read keys and certificates; until it has, and if it cannot, the old one
// stays. So do rules that name certificates, when their file changes.
#include "cli/sslserver/run.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <set>

#include "cli/settings.h"
#include "cli/sslserver/key_keeper.h"
#include "cli/sslserver/log.h"
#include "cli/sslserver/rule_book.h"
#include "cli/sslserver/talker.h"
#include "src/io/socket_address.h"
#include "src/keeper/keeper.h"
#include "src/server/occupancy.h"

namespace cli::sslserver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFailed = 111;
constexpr std::chrono::seconds kPatience{5};  // with a chain and a key that do not fit
constexpr int kPause = 500;  // ms before what the machine could not do is tried again

class Listener {
 public:
  Listener(const Options& options, const Variables& variables,
           const char* const* environment)
      : options_(options),
        variables_(variables),
        environment_(environment),
        log_(options.verbosity),
        rules_(options.rules, options.address_rules, options.rules_may_be_missing) {}

  int run();

 private:
  base::Result<void> begin();
  void tell_files() const;
  void print_port() const;
  [[nodiscard]] base::Result<std::vector<SiteSettings>> all_settings() const;
  void loop();
  void hear_signals();
  void reload();
  void finish_reload();
  void adopt(KeyKeeper keeper);
  void check_records(const std::vector<ServedName>& names);
  void finish_check();
  void look_if_it_is_time();
  [[nodiscard]] int milliseconds_to_wait() const;
  void reap();
  void accept_next();
  void admit(server::Accepted client);
  [[nodiscard]] std::size_t limit_for(const net::Address& address) const;
  void fork_talker(server::Accepted client);
  [[nodiscard]] bool is_full() const {
    return waiting_ || occupancy_.size() >= options_.concurrency;
  }

  const Options& options_;
  const Variables& variables_;
  const char* const* environment_;
  Log log_;
  RuleBook rules_;
  KeyPassword password_;
  KeyKeeper keeper_;
  std::optional<NewKeeper> new_keeper_;
  std::optional<KeyKeeper> candidate_;  // has read its files; the records are looked at
  std::optional<RecordCheck> check_;
  std::optional<Clock::time_point> look_again_;
  bool reload_again_ = false;    // what came while a keeper was reading
  bool reload_at_look_ = false;  // the records may have caught up with the files then
  io::Descriptor listening_;
  io::Descriptor signals_;
  server::Occupancy occupancy_;
  std::optional<server::Accepted> waiting_;  // for a process or a descriptor
  bool pauses_ = false;
  bool ends_ = false;
};

base::Result<std::vector<SiteSettings>> Listener::all_settings() const {
  std::set<SiteSettings> found;
  auto own = site_settings(variables_);
  if (!own) return tl::unexpected(own.error());
  found.insert(std::move(*own));
  if (rules_.trouble()) return std::vector<SiteSettings>(found.begin(), found.end());
  const auto rules = rules_.all_variables();
  if (!rules) return tl::unexpected(rules.error());
  for (const auto& changes : *rules) {
    auto settings = site_settings(variables_.with(changes));
    if (!settings) return tl::unexpected(settings.error().in("a rule"));
    found.insert(std::move(*settings));
  }
  return std::vector<SiteSettings>(found.begin(), found.end());
}

void Listener::tell_files() const {
  for (const auto& [word, name] :
       {std::pair{"cafile", "CAFILE"}, std::pair{"ccafile", "CCAFILE"},
        std::pair{"cadir", "CADIR"}, std::pair{"cert", "CERTFILE"},
        std::pair{"certchainfile", "CERTCHAINFILE"}, std::pair{"certdir", "CERTDIR"},
        std::pair{"key", "KEYFILE"}, std::pair{"param", "DHFILE"},
        std::pair{"crlfile", "CRLFILE"}, std::pair{"ciphers", "CIPHERS"}}) {
    if (const auto value = variables_.value(name)) {
      log_.say(std::string(word) + " " + *value);
    }
  }
}

void Listener::print_port() const {
  if (options_.print_port == Switch::off) return;
  const net::Endpoint own = io::local_endpoint(listening_.get());
  const std::string line = net::to_text(own.address) + " : " + std::to_string(own.port) +
                           " [" + std::to_string(options_.concurrency) + "/" +
                           std::to_string(options_.per_client) + "]\n";
  (void)!::write(STDOUT_FILENO, line.data(), line.size());
}

/// Programs have the client on 0 and 1, and the listener nothing to read or to say there.
void leave_standard_streams() {
  const io::Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  dup2(null.get(), STDIN_FILENO);
  dup2(null.get(), STDOUT_FILENO);
}

/// Whether talkers and programs can be given other rights than ours.
base::Result<void> check_rights(const server::Rights& rights) {
  const bool others = (rights.user && *rights.user != geteuid()) ||
                      (rights.group && *rights.group != getegid());
  if (!others || geteuid() == 0) return {};
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    "only root can give the program the rights of -u and -g");
}

base::Result<void> Listener::begin() {
  if (auto can = check_rights(options_.program_rights); !can) return can;
  if (options_.key_password_on_3 == Switch::on) {
    auto password = KeyPassword::from_descriptor_3();
    if (!password) return tl::unexpected(password.error());
    password_ = std::move(*password);
  }
  if (const auto why = rules_.trouble()) log_.warn("nobody is let in: " + why->detail);
  auto listening = server::listen_at(options_.where);
  if (!listening) return tl::unexpected(listening.error());
  listening_ = std::move(*listening);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = io::Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  auto settings = all_settings();
  if (!settings) return tl::unexpected(settings.error());
  auto started =
      NewKeeper::start(std::move(*settings), password_, std::chrono::seconds(0));
  if (!started) return tl::unexpected(started.error());
  auto keeper = std::move(*started).finish(options_.client);
  if (!keeper) return tl::unexpected(keeper.error());
  keeper_ = std::move(*keeper);
  tell_files();
  print_port();
  leave_standard_streams();
  return {};
}

// New keys, certificates and rules.

void Listener::reload() {
  if (new_keeper_ || candidate_) {
    reload_again_ = true;
    return;
  }
  auto settings = all_settings();
  if (!settings) {
    log_.warn(settings.error().detail + "; the old certificate stays");
    return;
  }
  auto started = NewKeeper::start(std::move(*settings), password_, kPatience);
  if (!started) {
    log_.warn(started.error().detail + "; the old certificate stays");
    return;
  }
  new_keeper_ = std::move(*started);
}

void Listener::finish_reload() {
  auto keeper = std::move(*new_keeper_).finish(options_.client);
  new_keeper_.reset();
  if (!keeper) {
    log_.warn(keeper.error().detail + "; the old certificate stays");
  } else if (options_.own_tlsa == OwnTlsa::refuse && keeper_.pid != 0) {
    candidate_ = std::move(*keeper);
    check_.reset();
    check_records(candidate_->names);
    return;
  } else {
    adopt(std::move(*keeper));
  }
  if (std::exchange(reload_again_, false)) reload();
}

void Listener::adopt(KeyKeeper keeper) {
  keeper_ = std::move(keeper);
  log_.say("certificates have been read");
  if (options_.own_tlsa == OwnTlsa::warn) {
    check_.reset();
    check_records(keeper_.names);
  }
}

// Our own records.

/// Looks at the records of these names, unless somebody does already.
void Listener::check_records(const std::vector<ServedName>& names) {
  if (check_) return;
  auto started = RecordCheck::start(names, io::local_endpoint(listening_.get()).port,
                                    options_.resolver);
  if (started) {
    check_ = std::move(*started);
    return;
  }
  log_.warn(started.error().detail);
  look_again_ = Clock::now() + std::chrono::seconds(60);
  if (candidate_) adopt(std::move(*std::exchange(candidate_, std::nullopt)));
}

void Listener::finish_check() {
  const RecordReport report = std::move(*check_).finish();
  check_.reset();
  look_again_ = Clock::now() + report.look_again;
  const bool refused = candidate_ && report.is_contradicted;
  for (const std::string& line : report.lines) {
    log_.warn(refused ? line + "; the old certificate stays" : line);
  }
  if (!candidate_) return;
  KeyKeeper candidate = std::move(*candidate_);
  candidate_.reset();
  if (refused) {
    reload_at_look_ = true;
  } else {
    adopt(std::move(candidate));
  }
  if (std::exchange(reload_again_, false)) reload();
}

// Processes.

void Listener::hear_signals() {
  signalfd_siginfo heard{};
  while (read(signals_.get(), &heard, sizeof heard) == sizeof heard) {
    switch (heard.ssi_signo) {
      case SIGCHLD:
        reap();
        break;
      case SIGHUP:
        rules_.refresh();
        reload();
        break;
      default:
        ends_ = true;
    }
  }
}

void Listener::reap() {
  for (;;) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return;
    if (occupancy_.leave(pid)) {
      log_.ends(pid, status);
      log_.status(occupancy_.size(), options_);
    } else if (pid == keeper_.pid) {
      keeper_.pid = 0;
      log_.warn("the keeper of the keys has ended; another one is started");
      reload();
    }
    pauses_ = false;
  }
}

std::size_t Listener::limit_for(const net::Address& address) const {
  const auto verdict = rules_.judge_address(address);
  if (!verdict) return options_.per_client;
  for (const auto& [name, value] : verdict->variables) {
    if (name != "MAXCONIP") continue;
    const auto limit = parse_number(name, value, {0, 1'000'000});
    if (limit) return *limit;
  }
  return options_.per_client;
}

void Listener::admit(server::Accepted client) {
  if (rules_.refresh()) reload();
  const net::Address& address = client.remote.address;
  const std::size_t limit = limit_for(address);
  if (limit > 0 && occupancy_.of(address) >= limit) {
    log_.warn("dropping connection from " + net::to_text(address) +
              ": too many connections (MAXCONIP)");
    return;
  }
  fork_talker(std::move(client));
}

/// What a talker is forked from is this process, and nothing of it may stay open there:
/// neither the port, nor the way to more signatures, nor the password.
void Listener::fork_talker(server::Accepted client) {
  auto channel = keeper::open_channel(keeper_.control);
  log_.status(occupancy_.size() + 1, options_);
  const pid_t pid = channel ? fork() : -1;
  if (pid == 0) {
    listening_.reset();
    signals_.reset();
    keeper_.control.reset();
    new_keeper_.reset();
    password_.forget();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    std::_Exit(talk_to(std::move(client), std::move(*channel),
                       {options_, rules_, keeper_, variables_, environment_}));
  }
  if (pid < 0) {
    // The client is not at fault: it waits until there is room for it.
    log_.warn("no process for a connection from " + net::to_text(client.remote.address) +
              ": " + (channel ? base::system_message(errno) : channel.error().detail));
    if (!channel) reload();
    waiting_ = std::move(client);
    pauses_ = true;
    return;
  }
  occupancy_.enter(pid, client.remote.address);
}

void Listener::accept_next() {
  auto client = server::accept_one(listening_);
  if (client) {
    admit(std::move(*client));
  } else if (client.error().kind == base::ErrorKind::internal) {
    log_.warn(client.error().detail);
    pauses_ = true;
  }
}

int Listener::milliseconds_to_wait() const {
  if (pauses_) return kPause;
  if (!look_again_ || check_) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*look_again_ - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

/// Looks at the records when the last answers are no longer good; files that they spoke
/// against are read again.
void Listener::look_if_it_is_time() {
  if (!look_again_ || check_ || Clock::now() < *look_again_) return;
  look_again_.reset();
  if (std::exchange(reload_at_look_, false)) {
    reload();
  } else {
    check_records(keeper_.names);
  }
}

void Listener::loop() {
  if (options_.own_tlsa != OwnTlsa::ignore) check_records(keeper_.names);
  while (!ends_) {
    const bool accepts = !is_full() && !pauses_;
    std::array<pollfd, 4> fds = {{
        {signals_.get(), POLLIN, 0},
        {accepts ? listening_.get() : -1, POLLIN, 0},
        {new_keeper_ ? new_keeper_->report() : -1, POLLIN, 0},
        {check_ ? check_->report() : -1, POLLIN, 0},
    }};
    const int n = poll(fds.data(), fds.size(), milliseconds_to_wait());
    if (n == 0) pauses_ = false;
    if (fds[0].revents != 0) hear_signals();
    if (ends_) return;
    if (fds[2].revents != 0 && new_keeper_) finish_reload();
    if (fds[3].revents != 0 && check_ && fds[3].fd == check_->report()) finish_check();
    look_if_it_is_time();
    if (waiting_ && !pauses_) {
      server::Accepted client = std::move(*waiting_);
      waiting_.reset();
      fork_talker(std::move(client));
    } else if (fds[1].revents != 0) {
      accept_next();
    }
  }
}

int Listener::run() {
  if (auto ready = begin(); !ready) {
    log_.fail(ready.error().detail);
    return kFailed;
  }
  log_.status(0, options_);
  loop();
  return 0;
}

}  // namespace

int run(const Options& options, const Variables& variables,
        const char* const* environment) {
  return Listener(options, variables, environment).run();
}

}  // namespace cli::sslserver
