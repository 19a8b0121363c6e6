// The listener: it accepts and forks, and reads nothing that a stranger has written. So
// it may stay what it was started as: it has to, in order to read new keys and to give
// each connection its own rights.
//
// SIGTERM ends it at once; connections that stand go on by themselves, for they have all
// that they need, and a supervisor can start the next listener on the port. SIGHUP lets a
// new keeper read keys and certificates; until it has, and if it cannot, the old one
// stays. So do rules that name certificates, when their file changes. The chain of
// --chain-file is the administrator's as rules are, and the listener reads it itself.
#include "cli/sslserver/run.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>

#include "cli/settings.h"
#include "cli/sslserver/log.h"
#include "cli/sslserver/renewal.h"
#include "cli/sslserver/rule_book.h"
#include "cli/sslserver/talk.h"
#include "cli/sslserver/talker.h"
#include "cli/sslserver/waiting_talkers.h"
#include "src/io/socket_address.h"
#include "src/keeper/keeper.h"
#include "src/server/occupancy.h"

namespace cli::sslserver {
namespace {

constexpr int kFailed = 111;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenForks{10};  // in advance, where one failed
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
  void loop();
  base::Result<void> read_chain();
  void take_renewed();
  void hear_signals();
  [[nodiscard]] int milliseconds_to_wait() const;
  void reap();
  void accept_next();
  void admit(server::Accepted client);
  [[nodiscard]] base::Result<std::size_t> limit_for(const net::Address& address) const;
  using Life = std::function<int(io::Descriptor channel)>;
  base::Result<pid_t> fork_child(const Life& life);
  int talk(server::Accepted client, io::Descriptor channel);
  void serve(server::Accepted client);
  void fork_in_advance();
  [[nodiscard]] bool is_full() const {
    return waiting_ || occupancy_.size() >= options_.concurrency;
  }

  const Options& options_;
  const Variables& variables_;
  const char* const* environment_;
  Log log_;
  RuleBook rules_;
  DnssecChainFile chain_;
  std::optional<DnssecChainFile>
      next_chain_;  // until the keys that were read with it serve
  Renewal renewal_{options_, variables_, rules_, [this] { take_renewed(); }};
  io::Descriptor listening_;
  io::Descriptor signals_;
  server::Occupancy occupancy_;
  WaitingTalkers waiting_talkers_;
  std::optional<server::Accepted> waiting_;  // for a process or a descriptor
  Clock::time_point prefork_not_before_;
  bool pauses_ = false;
  bool ends_ = false;
};

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

/// Whether a process of ours can be given these rights, which `what` names.
base::Result<void> check_rights(const server::Rights& rights, const std::string& what) {
  const bool others = (rights.user && *rights.user != geteuid()) ||
                      (rights.group && *rights.group != getegid());
  if (!others || geteuid() == 0) return {};
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    "only root can give " + what);
}

/// Whether talkers can have what the variables say; rules may say otherwise later.
base::Result<void> check_talkers(const Variables& variables) {
  const auto rights = talker_rights(variables);
  if (!rights) return tl::unexpected(rights.error());
  if (auto can = check_rights(*rights, "talkers the rights of SSL_UID and SSL_GID");
      !can) {
    return can;
  }
  const auto root = variables.value("SSL_CHROOT");
  struct stat facts {};
  if (!root) return {};
  if (stat(root->c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && geteuid() == 0) {
    return {};
  }
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    "SSL_CHROOT " + base::printable(*root, base::kWord) +
                        (geteuid() == 0 ? ": no such directory" : ": only root can"));
}

base::Result<void> Listener::begin() {
  if (auto can =
          check_rights(options_.program_rights, "the program the rights of -u and -g");
      !can) {
    return can;
  }
  if (auto can = check_talkers(variables_); !can) return can;
  if (options_.program_rights.user && !options_.program_rights.group && geteuid() == 0) {
    log_.warn("-u without -g: the group of the program stays " +
              std::to_string(getegid()));
  }
  if (auto read = read_chain(); !read) return read;
  take_renewed();
  // What is forked from here is looked at by nobody until it becomes a program.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  KeyPassword password;
  if (options_.key_password_on_3 == Switch::on) {
    auto read = KeyPassword::from_descriptor_3();
    if (!read) return tl::unexpected(read.error());
    password = std::move(*read);
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
  const std::uint16_t port = io::local_endpoint(listening_.get()).port;
  if (auto begun = renewal_.begin(std::move(password), port); !begun) return begun;
  tell_files();
  print_port();
  leave_standard_streams();
  return {};
}

/// Reads the chain of --chain-file anew; one that cannot be read changes nothing. It is
/// said with the keys that are read anew beside it: it may be about those alone.
base::Result<void> Listener::read_chain() {
  if (options_.chain_file.empty()) return {};
  auto chain = DnssecChainFile::read(options_.chain_file, options_.chain_lifetime);
  if (!chain) return tl::unexpected(chain.error());
  next_chain_ = std::move(*chain);
  return {};
}

/// What was read anew is in use.
void Listener::take_renewed() {
  if (next_chain_) chain_ = *std::exchange(next_chain_, std::nullopt);
  waiting_talkers_.dismiss();
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
        if (rules_.refresh()) waiting_talkers_.dismiss();
        if (const auto read = read_chain(); !read) {
          log_.warn(read.error().detail +
                    "; the old chain stays, and the old certificate");
          break;
        }
        renewal_.reload();
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
    } else if (!renewal_.has_ended(pid)) {
      waiting_talkers_.forget(pid);
    }
    pauses_ = false;
  }
}

/// MAXCONIP, as the rule for the address may have it; an error where that is no number.
base::Result<std::size_t> Listener::limit_for(const net::Address& address) const {
  const auto verdict = rules_.judge_address(address);
  if (!verdict) return options_.per_client;  // the talker tells, and lets nobody in
  std::size_t out = options_.per_client;
  for (const auto& [name, value] : verdict->variables) {
    if (name != "MAXCONIP") continue;
    const auto limit = parse_number("MAXCONIP of a rule", value, {0, 1'000'000});
    if (!limit) return tl::unexpected(limit.error());
    out = *limit;
  }
  return out;
}

void Listener::admit(server::Accepted client) {
  if (rules_.refresh()) {
    waiting_talkers_.dismiss();
    renewal_.rules_changed();
  }
  const net::Address& address = client.remote.address;
  const auto limit = limit_for(address);
  const bool is_over = limit && *limit > 0 && occupancy_.of(address) >= *limit;
  if (!limit || is_over) {
    log_.warn("dropping connection from " + net::to_text(address) + ": " +
              (limit ? "too many connections (MAXCONIP)" : limit.error().detail));
    return;
  }
  if (renewal_.holds_clients()) {
    waiting_ = std::move(client);
  } else {
    serve(std::move(client));
  }
}

/// Forks a process that does as `life` says. What it is forked from is this process, and
/// nothing of it may stay open there: neither the port, nor the way to more signatures,
/// nor the password. Error kind `internal`.
base::Result<pid_t> Listener::fork_child(const Life& life) {
  auto channel = keeper::open_channel(renewal_.keeper().control);
  if (!channel) {
    if (channel.error().code == base::Code::closed) renewal_.does_not_answer();
    return tl::unexpected(channel.error());
  }
  const pid_t pid = fork();
  if (pid > 0) return pid;
  if (pid < 0) {
    return base::fail(base::ErrorKind::internal, base::Code::local,
                      base::system_message(errno));
  }
  listening_.reset();
  signals_.reset();
  renewal_.let_go();
  waiting_talkers_.dismiss();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::_Exit(life(std::move(*channel)));
}

int Listener::talk(server::Accepted client, io::Descriptor channel) {
  return talk_to(std::move(client), std::move(channel),
                 {options_, rules_, renewal_.keeper(), chain_, variables_, environment_});
}

void Listener::serve(server::Accepted client) {
  const net::Address address = client.remote.address;
  log_.status(occupancy_.size() + 1, options_);
  if (const auto pid = waiting_talkers_.hand_over(client)) {
    occupancy_.enter(*pid, address);
    return;
  }
  const auto pid = fork_child([&](io::Descriptor channel) {
    return talk(std::move(client), std::move(channel));
  });
  if (pid) {
    occupancy_.enter(*pid, address);
    return;
  }
  // The client is not at fault: it waits until there is room for it.
  log_.warn("no process for a connection from " + net::to_text(address) + ": " +
            pid.error().detail);
  waiting_ = std::move(client);
  pauses_ = true;
}

/// Forks as many talkers in advance as --prefork says.
void Listener::fork_in_advance() {
  if (Clock::now() < prefork_not_before_) return;
  while (waiting_talkers_.size() < options_.prefork) {
    auto ends = make_talk();
    const auto pid =
        !ends ? base::Result<pid_t>(tl::unexpected(ends.error()))
              : fork_child([&](io::Descriptor channel) {
                  ends->first.reset();
                  auto client = wait_for_client(ends->second);
                  ends->second.reset();
                  return client ? talk(std::move(*client), std::move(channel)) : 0;
                });
    if (!pid) {
      log_.warn("no process in advance: " + pid.error().detail);
      prefork_not_before_ = Clock::now() + kBetweenForks;
      return;
    }
    waiting_talkers_.add(*pid, std::move(ends->first));
  }
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
  const int renewal = renewal_.milliseconds();
  if (!pauses_) return renewal;
  return renewal < 0 ? kPause : std::min(renewal, kPause);
}

void Listener::loop() {
  while (!ends_) {
    fork_in_advance();
    const bool accepts = !is_full() && !pauses_;
    const auto [reading, looking] = renewal_.descriptors();
    std::array<pollfd, 4> fds = {{
        {signals_.get(), POLLIN, 0},
        {accepts ? listening_.get() : -1, POLLIN, 0},
        {reading, POLLIN, 0},
        {looking, POLLIN, 0},
    }};
    if (poll(fds.data(), fds.size(), milliseconds_to_wait()) == 0) pauses_ = false;
    renewal_.go_on();
    if (fds[0].revents != 0) hear_signals();
    if (ends_) return;
    if (waiting_ && !pauses_ && !renewal_.holds_clients()) {
      server::Accepted client = std::move(*waiting_);
      waiting_.reset();
      serve(std::move(client));
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
  if (options_.ends_talkers == Switch::on) {
    for (const pid_t talker : occupancy_.processes()) kill(talker, SIGTERM);
  }
  return 0;
}

}  // namespace

int run(const Options& options, const Variables& variables,
        const char* const* environment) {
  return Listener(options, variables, environment).run();
}

}  // namespace cli::sslserver
