#include "resolver/context.h"

#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "resolver/trust_anchor.h"
#include "resolver/unbound_messages.h"
#include "resolver/way.h"

namespace resolver {
namespace {

using base::ErrorKind;

/// libunbound sizes itself for a busy resolver; a program that asks some questions and
/// ends touches a tenth of that. A later `unbound_conf` may say otherwise.
constexpr std::array<std::pair<const char*, const char*>, 11> kSmall = {{
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
}};

/// The same for one that has thousands of questions in flight for hours.
constexpr std::array<std::pair<const char*, const char*>, 7> kBusy = {{
    {"outgoing-range:", "4096"},
    {"num-queries-per-thread:", "4096"},
    {"outgoing-num-tcp:", "100"},
    {"msg-cache-size:", "32m"},
    {"rrset-cache-size:", "64m"},
    {"key-cache-size:", "16m"},
    {"neg-cache-size:", "4m"},
}};

/// What no configuration file may switch off: validation behind everything else that
/// answers, of all answers, always.
constexpr std::array<std::pair<const char*, const char*>, 5> kForced = {{
    {"module-config:", "validator iterator"},
    {"harden-dnssec-stripped:", "yes"},
    {"val-permissive-mode:", "no"},
    {"ignore-cd-flag:", "no"},
    {"serve-expired:", "no"},
}};

base::Result<void> set(ub_ctx* context, const char* option, const std::string& value) {
  const int rc = ub_ctx_set_option(context, option, value.c_str());
  if (rc == 0) return {};
  return base::fail(
      ErrorKind::internal, "libunbound",
      std::string("cannot set ") + option + " " + value + ": " + ub_strerror(rc));
}

template <typename Table>
base::Result<void> set_all(ub_ctx* context, const Table& table) {
  for (const auto& [option, value] : table) {
    if (auto done = set(context, option, value); !done) return done;
  }
  return {};
}

base::Result<void> read_conf(ub_ctx* context, const std::string& path) {
  if (access(path.c_str(), R_OK) != 0) {
    return base::fail(ErrorKind::usage, "bad_unbound_conf",
                      "unable to read " + path + ": " + base::system_message(errno));
  }
  StandardErrorHeld held;
  if (ub_ctx_config(context, path.c_str()) == 0) return {};
  return base::fail(ErrorKind::usage, "bad_unbound_conf",
                    "cannot use " + path + ": " + held.first_line());
}

base::Result<void> add_upstream(ub_ctx* context, const Config& config) {
  const auto way = way_of(config);
  if (!way) return tl::unexpected(way.error());
  for (const std::string& server : way->servers) {
    if (const int rc = ub_ctx_set_fwd(context, server.c_str()); rc != 0) {
      return base::fail(ErrorKind::usage, "bad_forwarder",
                        "cannot forward to " + server + ": " + ub_strerror(rc));
    }
  }
  if (way->servers.empty()) return {};
  return set(context, "do-not-query-localhost:", "no");
}

base::Result<void> configure(ub_ctx* context, const Config& config) {
  base::Result<void> done = set_all(context, kSmall);
  if (done && config.busy) done = set_all(context, kBusy);
  if (done && !config.unbound_conf.empty())
    done = read_conf(context, config.unbound_conf);
  if (done) done = add_anchors(context, config);
  if (done) done = add_upstream(context, config);
  if (done) done = set_all(context, kForced);
  return done;
}

/// Makes libunbound read all that it was told to read, now rather than at the first
/// question: removing a zone that is not there does, and does nothing else.
base::Result<void> take_effect(ub_ctx* context, LogHeld& log) {
  const int rc = ub_ctx_zone_remove(context, "invalid.");
  if (rc == 0) return {};
  const std::string why = log.first_error();
  return base::fail(ErrorKind::usage, "bad_unbound_conf",
                    "libunbound cannot use the trust anchor or its settings: " +
                        (why.empty() ? std::string(ub_strerror(rc)) : why));
}

}  // namespace

void ContextFree::operator()(ub_ctx* context) const { ub_ctx_delete(context); }

base::Result<Context> make_context(ub_event_base* events, const Config& config) {
  Context context(ub_ctx_create_ub_event(events));
  if (!context) {
    return base::fail(ErrorKind::internal, "libunbound",
                      "cannot start libunbound: " + base::system_message(errno));
  }
  LogHeld log(context.get());
  base::Result<void> done = configure(context.get(), config);
  if (!done) return tl::unexpected(done.error());
  if (auto effective = take_effect(context.get(), log); !effective) {
    (void)context.release();  // libunbound cannot take down what it half set up
    return tl::unexpected(effective.error());
  }
  return context;
}

}  // namespace resolver
