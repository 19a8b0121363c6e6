#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "cli/sslserver/key_keeper.h"
#include "cli/sslserver/log.h"
#include "cli/sslserver/own_records.h"
#include "cli/sslserver/rule_book.h"

namespace cli::sslserver {

/// The keeper that serves now, and how another one takes its place: it reads keys and
/// certificates while the old one goes on, and where our own TLSA records are looked at
/// (--own-tlsa), that comes before or after. Nothing here waits: what is waited for is in
/// `descriptors`, and the time is in `milliseconds`.
class Renewal {
 public:
  Renewal(const Options& options, const Variables& variables, const RuleBook& rules,
          std::function<void()> on_new_keeper)
      : options_(options),
        variables_(variables),
        rules_(rules),
        log_(options.verbosity),
        on_new_keeper_(std::move(on_new_keeper)) {}

  /// The first keeper; `port` is where clients look for our records. Errors: kind
  /// `usage`, what is wrong with settings or files.
  [[nodiscard]] base::Result<void> begin(KeyPassword password, std::uint16_t port);
  /// The keeper that serves.
  [[nodiscard]] KeyKeeper& keeper() { return keeper_; }

  /// Reads all files again; what is wrong with them is told, and changes nothing.
  void reload();
  /// The rules are others: if they name settings that are not known yet, their files are
  /// read.
  void rules_changed();
  /// Whether a client that comes now should wait, since rules that hold for it may name
  /// what is being read.
  [[nodiscard]] bool holds_clients() const {
    return holds_clients_ && (new_keeper_ || candidate_);
  }
  /// That child has ended; true if it was the keeper, after which another one is started.
  bool has_ended(pid_t pid);
  /// The keeper did not take a connection's channel; one that never does is ended.
  void does_not_answer();

  /// What to poll for reading, -1 for nothing.
  [[nodiscard]] std::array<int, 2> descriptors() const;
  /// The time until `go_on` has something to do of itself; -1: none.
  [[nodiscard]] int milliseconds() const;
  /// Goes on with what has come, or whose time has.
  void go_on();
  /// Closes all that is open, in a process that was forked.
  void let_go();

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] base::Result<std::vector<SiteSettings>> all_settings() const;
  void finish_reading();
  void adopt(KeyKeeper keeper);
  void look_at_records(const std::vector<ServedName>& names);
  void finish_look();
  void look_if_it_is_time();

  const Options& options_;
  const Variables& variables_;
  const RuleBook& rules_;
  Log log_;
  std::function<void()> on_new_keeper_;
  KeyPassword password_;
  std::uint16_t port_ = 0;
  KeyKeeper keeper_;
  std::optional<NewKeeper> new_keeper_;
  std::optional<KeyKeeper> candidate_;  // has read its files; the records are looked at
  std::optional<RecordCheck> look_;
  std::optional<Clock::time_point> look_again_;
  bool reload_again_ = false;  // what came while a keeper was reading
  bool holds_clients_ = false;
  unsigned failures_ = 0;        // to answer, of the keeper, one after the other
  bool reload_at_look_ = false;  // the records may have caught up with the files then
};

}  // namespace cli::sslserver
