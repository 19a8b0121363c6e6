#include "resolver/context.h"

#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <utility>

#include "cmake/dnssec_memory.h"
#include "resolver/trust_anchor.h"
#include "resolver/unbound_messages.h"
#include "resolver/unbound_options.h"
#include "resolver/way.h"
#include "src/base/special_address.h"

namespace resolver {
namespace {

using base::ErrorKind;

/// libunbound sizes itself for a busy resolver; a program that asks some questions and
/// ends touches a tenth of that. A later `unbound_conf` may say otherwise.
constexpr std::array<std::pair<const char*, const char*>, 12> kSmall = {{
    {"outgoing-range:", "64"},
    {"num-queries-per-thread:", "64"},
    {"outgoing-num-tcp:", "4"},
    {"incoming-num-tcp:", "1"},
    {"msg-cache-slabs:", "1"},
    {"rrset-cache-slabs:", "1"},
    {"infra-cache-slabs:", "1"},
    {"key-cache-slabs:", "1"},
    {"use-syslog:", "no"},
    // Names of private networks are asked for like others, and 60 built-in zones that say
    // otherwise need not be read at every start.
    {"unblock-lan-zones:", "yes"},
    // Tells the root which keys a resolver knows (RFC 8145): not for a short-lived
    // client.
    {"trust-anchor-signaling:", "no"},
    // The keys of a zone come while its delegation is followed, and not after its answer.
    {"prefetch-key:", "yes"},
}};

/// The most questions that one answer may cost, where libunbound has such a limit: 200 of
/// its own accord. A name without a zone cut at any of its labels costs six questions a
/// label below a signed zone, so that the reverse name of an IPv6 address, 34 labels
/// below the root, would have no answer (SERVFAIL). Twice as many reach it, and still
/// bound what a hostile zone can have asked.
constexpr std::pair<const char*, const char*> kMostQuestions = {"max-global-quota:",
                                                                "400"};

/// The settings for a context that has thousands of questions in flight for hours.
constexpr std::array<std::pair<const char*, const char*>, 7> kBusy = {{
    {"outgoing-range:", "4096"},
    {"num-queries-per-thread:", "4096"},
    {"outgoing-num-tcp:", "100"},
    {"msg-cache-size:", "32m"},
    {"rrset-cache-size:", "64m"},
    {"key-cache-size:", "16m"},
    {"neg-cache-size:", "4m"},
}};

/// What no configuration file may say otherwise: validation behind everything else that
/// answers, of all answers, always, by today's date, with nothing kept beyond its TTL (a
/// record that its owner took back, RFC 6698 8.2), no denial but what a server said to
/// that question (of what libunbound 1.17 makes of others, RFC 8198, some deny names that
/// a wildcard's alias makes), no failure of names that ask which keys are believed, which
/// libunbound calls insecure, NSEC3 as far as libunbound itself goes
/// (fewer iterations would make signed zones insecure, RFC 9276 3.2), and no new trust
/// anchor before its time (RFC 5011 2.4.1). What stays the user's right
/// (`domain-insecure`, local data, anchors of their own) is in docs/unbound-conf.md.
constexpr std::array<std::pair<const char*, const char*>, 12> kForced = {{
    {"module-config:", "validator iterator"},
    {"harden-dnssec-stripped:", "yes"},
    {"val-permissive-mode:", "no"},
    {"val-clean-additional:", "yes"},
    {"val-override-date:", "0"},
    {"aggressive-nsec:", "no"},
    {"val-nsec3-keysize-iterations:", "1024 150 2048 150 4096 150"},
    {"root-key-sentinel:", "no"},
    {"ignore-cd-flag:", "no"},
    {"serve-expired:", "no"},
    {"cache-min-ttl:", "0"},
    {"permit-small-holddown:", "no"},
}};

/// Numbers that a configuration file may change to the safe side alone: how far beyond
/// its dates a signature still counts, and how long a new trust anchor is on probation.
struct Bound {
  const char* option;  ///< without its colon
  enum class Side { at_most, at_least } side;
  unsigned long value;  ///< libunbound's own
};
constexpr std::array<Bound, 4> kBounds = {{
    {"val-sig-skew-min", Bound::Side::at_most, 3600},
    {"val-sig-skew-max", Bound::Side::at_most, 86'400},
    {"add-holddown", Bound::Side::at_least, 2'592'000},
    {"del-holddown", Bound::Side::at_least, 2'592'000},
}};

base::Result<void> set(ub_ctx* context, const char* option, const std::string& value) {
  const int rc = ub_ctx_set_option(context, option, value.c_str());
  if (rc == 0) return {};
  return base::fail(
      ErrorKind::internal, base::Code::libunbound,
      std::string("cannot set ") + option + " " + value + ": " + ub_strerror(rc));
}

/// Sets an option that not every libunbound has. One that has never heard of it says
/// UB_SYNTAX, and does not need it; every other failure is one.
base::Result<void> set_if_known(ub_ctx* context,
                                std::pair<const char*, const char*> setting) {
  const auto [option, value] = setting;
  if (ub_ctx_set_option(context, option, value) == UB_SYNTAX) return {};
  return set(context, option, value);  // which says what is wrong, if anything is
}

template <typename Table>
base::Result<void> set_all(ub_ctx* context, const Table& table) {
  for (const auto& [option, value] : table) {
    if (auto done = set(context, option, value); !done) return done;
  }
  return {};
}

/// Whether a value as libunbound prints it is on the safe side. It reads a number by
/// atoi and takes it for an unsigned one later: a negative number, as a very large one
/// becomes, is no small one.
bool fits(const Bound& bound, const std::string& text) {
  unsigned long value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return false;
  const bool most = bound.side == Bound::Side::at_most;
  return most ? value <= bound.value : value >= bound.value;
}

base::Result<void> keep_within_bounds(ub_ctx* context) {
  for (const Bound& bound : kBounds) {
    if (fits(bound, option_of(context, bound.option))) continue;
    const std::string option = std::string(bound.option) + ":";
    auto done = set(context, option.c_str(), std::to_string(bound.value));
    if (!done) return done;
  }
  return {};
}

base::Result<void> read_conf(ub_ctx* context, const std::string& path, LogHeld& log) {
  if (access(path.c_str(), R_OK) != 0) {
    return base::fail(ErrorKind::usage, base::Code::bad_unbound_conf,
                      "unable to read " + path + ": " + base::system_message(errno));
  }
  const auto fail = [&](const std::string& why) {
    return base::fail(ErrorKind::usage, base::Code::bad_unbound_conf,
                      "cannot use " + path + ": " + why);
  };
  StandardErrorHeld held;
  if (ub_ctx_config(context, path.c_str()) != 0) return fail(held.first_line());
  // Options of libunbound's own tests make every signature of an algorithm good. Nothing
  // takes them back, for the parser sets them for the whole process, and tells it.
  const std::string said = held.text() + log.text();
  if (said.find("test option fake_") == std::string::npos) return {};
  return fail("fake-dsa and fake-sha1 make forged signatures good");
}

/// Asks no name server at an address that is not of the Internet.
base::Result<void> shut_off(ub_ctx* context) {
  for (const std::string_view network : net::special_networks()) {
    auto done = set(context, "do-not-query-address:", std::string(network));
    if (!done) return done;
  }
  return {};
}

base::Result<void> add_upstream(ub_ctx* context, const Config& config) {
  const auto way = way_of(config);
  if (!way) return tl::unexpected(way.error());
  for (const std::string& server : way->servers) {
    if (const int rc = ub_ctx_set_fwd(context, server.c_str()); rc != 0) {
      return base::fail(ErrorKind::usage, base::Code::bad_forwarder,
                        "cannot forward to " + server + ": " + ub_strerror(rc));
    }
  }
  if (!way->servers.empty()) return set(context, "do-not-query-localhost:", "no");
  // A file of the user's own may lead to resolvers anywhere.
  if (config.public_only && config.unbound_conf.empty()) return shut_off(context);
  return {};
}

/// For answers of another day: by its date, and no question that the day's own validator
/// did not have to ask.
base::Result<void> go_back(ub_ctx* context, const Replay& replay) {
  dnssec::remember_signatures();
  const auto number = [](auto seconds) { return std::to_string(seconds.count()); };
  const std::array<std::pair<const char*, std::string>, 8> settings = {{
      {"val-override-date:", number(replay.moment.time_since_epoch())},
      {"val-sig-skew-min:", number(replay.least_skew)},
      {"val-sig-skew-max:", number(replay.most_skew)},
      {"qname-minimisation:", "no"},
      {"aggressive-nsec:", "no"},
      {"root-key-sentinel:", "no"},
      {"harden-below-nxdomain:", "no"},
      {"prefetch-key:", "no"},
  }};
  return set_all(context, settings);
}

base::Result<RootKeys> configure(ub_ctx* context, const Config& config, LogHeld& log) {
  base::Result<void> done = set_all(context, kSmall);
  if (done) done = set_if_known(context, kMostQuestions);
  if (done && config.busy) done = set_all(context, kBusy);
  if (done && !config.unbound_conf.empty())
    done = read_conf(context, config.unbound_conf, log);
  if (!done) return tl::unexpected(done.error());
  auto root = add_anchors(context, config);
  if (!root) return root;
  done = add_upstream(context, config);
  if (done) done = set_all(context, kForced);
  if (done && config.replay) done = go_back(context, *config.replay);
  if (done) done = keep_within_bounds(context);
  if (!done) return tl::unexpected(done.error());
  return root;
}

/// Zones that libunbound answers by itself (RFC 6761): for answers of
/// another day they come from that day, as all names do, whatever its resolver made of
/// them.
int forget_own_zones(ub_ctx* context) {
  constexpr std::array<const char*, 7> kOwn = {
      "localhost.",
      "127.in-addr.arpa.",
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
      "home.arpa.",
      "onion.",
      "test.",
      "invalid."};
  for (const char* zone : kOwn) {
    if (const int rc = ub_ctx_zone_remove(context, zone); rc != 0) return rc;
  }
  return 0;
}

/// Makes libunbound read all that it was told to read, now rather than at the first
/// question, when the program may have no right to files any more: removing a zone that
/// is not there does, but for the root's hints, which are read for the first question.
/// That is about a name whose address libunbound has itself (RFC 6761 6.3).
base::Result<void> take_effect(ub_ctx* context, bool is_replay, LogHeld& log) {
  constexpr int kA = 1;
  constexpr int kInternet = 1;
  constexpr ub_event_callback_type kUnheard = [](void*, int, void*, int, int, char*,
                                                 int) {};
  int rc = ub_ctx_zone_remove(context, "invalid.");
  if (rc == 0) {
    rc = ub_resolve_event(context, "localhost.", kA, kInternet, nullptr, kUnheard,
                          nullptr);
  }
  if (rc == 0 && is_replay) rc = forget_own_zones(context);
  if (rc == 0) return {};
  const std::string why = log.first_error();
  return base::fail(ErrorKind::usage, base::Code::bad_unbound_conf,
                    "libunbound cannot use the trust anchor or its settings: " +
                        (why.empty() ? std::string(ub_strerror(rc)) : why));
}

/// Contexts are apart from each other once they are made, and each thread may have its
/// own. What makes them is one for the whole process: libunbound's parser, its log, and
/// standard error, to which the parser writes.
std::recursive_mutex& making() {
  static std::recursive_mutex mutex;
  return mutex;
}

}  // namespace

void ContextFree::operator()(ub_ctx* context) const {
  const std::lock_guard lock(making());
  ub_ctx_delete(context);
}

base::Result<Validator> make_context(ub_event_base* events, const Config& config) {
  const std::lock_guard lock(making());
  Context context(ub_ctx_create_ub_event(events));
  if (!context) {
    return base::fail(ErrorKind::internal, base::Code::libunbound,
                      "cannot start libunbound: " + base::system_message(errno));
  }
  LogHeld log(context.get());
  const auto root = configure(context.get(), config, log);
  if (!root) return tl::unexpected(root.error());
  if (auto effective = take_effect(context.get(), config.replay.has_value(), log);
      !effective) {
    (void)context.release();  // libunbound cannot take down what it half set up
    return tl::unexpected(effective.error());
  }
  return Validator{std::move(context), *root};
}

}  // namespace resolver
