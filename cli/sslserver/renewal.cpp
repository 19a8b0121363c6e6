// A certificate that was renewed without its record is the commonest outage of DANE, and
// the server is the first that can tell. Yet what the DNS says decides only where it is
// secure and speaks against the new certificate: a fault of the DNS never becomes an
// outage, and a server without any keeper takes whatever the files have.
#include "cli/sslserver/renewal.h"

#include <algorithm>
#include <csignal>
#include <set>

namespace cli::sslserver {
namespace {

constexpr std::chrono::seconds kPatience{5};  // with a chain and a key that do not fit
constexpr std::chrono::seconds kAfterFailure{60};

}  // namespace

base::Result<void> Renewal::begin(KeyPassword password, std::uint16_t port) {
  password_ = std::move(password);
  port_ = port;
  auto settings = all_settings();
  if (!settings) return tl::unexpected(settings.error());
  auto started =
      NewKeeper::start(std::move(*settings), password_, std::chrono::seconds(0));
  if (!started) return tl::unexpected(started.error());
  started->report().wait();
  auto keeper = std::move(*started).finish(options_.client);
  if (!keeper) return tl::unexpected(keeper.error());
  keeper_ = std::move(*keeper);
  if (options_.own_tlsa != OwnTlsa::ignore) look_at_records(keeper_.names);
  return {};
}

base::Result<std::vector<SiteSettings>> Renewal::all_settings() const {
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

void Renewal::reload() {
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

void Renewal::finish_reading() {
  auto keeper = std::move(*new_keeper_).finish(options_.client);
  new_keeper_.reset();
  if (!keeper) {
    holds_clients_ = false;
    log_.warn(keeper.error().detail + "; the old certificate stays");
  } else if (options_.own_tlsa == OwnTlsa::refuse && keeper_.pid != 0) {
    candidate_ = std::move(*keeper);
    look_.reset();
    look_at_records(changed_names(candidate_->names, keeper_.names));
    return;
  } else {
    adopt(std::move(*keeper));
  }
  if (std::exchange(reload_again_, false)) reload();
}

void Renewal::adopt(KeyKeeper keeper) {
  keeper_ = std::move(keeper);
  holds_clients_ = false;
  failures_ = 0;
  on_new_keeper_();
  log_.say("certificates have been read");
  if (options_.own_tlsa != OwnTlsa::ignore) {
    look_.reset();
    look_at_records(keeper_.names);
  }
}

// Our own records.

/// Looks at the records of these names, unless somebody does already.
void Renewal::look_at_records(const std::vector<ServedName>& names) {
  if (look_) return;
  auto started = RecordCheck::start(names, port_, options_.resolver);
  if (started) {
    look_ = std::move(*started);
    return;
  }
  log_.warn(started.error().detail);
  look_again_ = Clock::now() + kAfterFailure;
  if (candidate_) adopt(std::move(*std::exchange(candidate_, std::nullopt)));
}

void Renewal::finish_look() {
  const RecordReport report = look_->finish();
  look_.reset();
  look_again_ = Clock::now() + report.look_again;
  const bool refused = candidate_ && report.is_contradicted;
  for (const std::string& line : report.lines) {
    log_.warn(refused ? line + "; the old certificate stays" : line);
  }
  if (!candidate_) return;
  KeyKeeper candidate = std::move(*candidate_);
  candidate_.reset();
  holds_clients_ = false;
  if (refused) {
    reload_at_look_ = true;
  } else {
    adopt(std::move(candidate));
  }
  if (std::exchange(reload_again_, false)) reload();
}

/// Looks at the records when the last answers are no longer good; files that they spoke
/// against are read again.
void Renewal::look_if_it_is_time() {
  if (!look_again_ || look_ || Clock::now() < *look_again_) return;
  look_again_.reset();
  if (std::exchange(reload_at_look_, false)) {
    reload();
  } else {
    look_at_records(keeper_.names);
  }
}

bool Renewal::has_ended(pid_t pid) {
  if (candidate_ && pid == candidate_->pid) {
    candidate_.reset();
    log_.warn("the new keeper of the keys has ended; the old certificate stays");
    if (std::exchange(reload_again_, false)) reload();
    return true;
  }
  if (pid != keeper_.pid) return false;
  keeper_.pid = 0;
  on_new_keeper_();
  log_.warn("the keeper of the keys has ended; another one takes its place");
  if (candidate_) {
    adopt(std::move(*std::exchange(candidate_, std::nullopt)));
  } else {
    reload();
  }
  return true;
}

void Renewal::does_not_answer() {
  constexpr unsigned kMostFailures = 20;
  if (keeper_.pid == 0) {
    reload();
  } else if (++failures_ >= kMostFailures) {
    failures_ = 0;
    kill(keeper_.pid, SIGKILL);
  }
}

void Renewal::rules_changed() {
  const auto settings = all_settings();
  const bool is_known =
      settings && std::ranges::all_of(*settings, [&](const SiteSettings& one) {
        return keeper_.sites.find(one) != nullptr;
      });
  if (is_known) return;
  holds_clients_ = true;
  reload();
}

std::array<int, 2> Renewal::descriptors() const {
  return {new_keeper_ ? new_keeper_->report().descriptor() : -1,
          look_ ? look_->report().descriptor() : -1};
}

int Renewal::milliseconds() const {
  auto next = Clock::time_point::max();
  if (new_keeper_) next = std::min(next, new_keeper_->report().until());
  if (look_) next = std::min(next, look_->report().until());
  if (look_again_ && !look_) next = std::min(next, *look_again_);
  if (next == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void Renewal::go_on() {
  if (look_ && look_->report().hear()) finish_look();
  if (new_keeper_ && new_keeper_->report().hear()) finish_reading();
  look_if_it_is_time();
}

void Renewal::let_go() {
  keeper_.control.reset();
  new_keeper_.reset();
  candidate_.reset();
  look_.reset();
  password_.forget();
}

}  // namespace cli::sslserver
