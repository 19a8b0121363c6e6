#include "resolver/context.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unbound-event.h>
#include <unbound.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "src/base/bytes.h"

namespace resolver {
namespace {

using base::ErrorKind;

constexpr const char* kRootKey = "/usr/share/dns/root.key";

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
    // Tells the root which keys a resolver knows (RFC 8145): not for a short-lived client.
    {"trust-anchor-signaling:", "no"},
}};

/// What no configuration file may switch off.
constexpr std::array<std::pair<const char*, const char*>, 3> kForced = {{
    {"val-permissive-mode:", "no"},
    {"ignore-cd-flag:", "no"},
    {"serve-expired:", "no"},
}};

/// Holds back what libunbound's parser prints to standard error, to tell it as our own.
class StandardErrorHeld {
 public:
  StandardErrorHeld()
      : saved_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)),
        memory_(memfd_create("unbound-messages", MFD_CLOEXEC)) {
    std::fflush(stderr);
    if (saved_ >= 0 && memory_ >= 0) dup2(memory_, STDERR_FILENO);
  }
  ~StandardErrorHeld() {
    restore();
    if (memory_ >= 0) close(memory_);
  }
  StandardErrorHeld(const StandardErrorHeld&) = delete;
  StandardErrorHeld& operator=(const StandardErrorHeld&) = delete;

  /// The first line that was held back; standard error is itself again.
  [[nodiscard]] std::string first_line() {
    restore();
    std::array<char, 400> text{};
    const ssize_t n = memory_ < 0 ? 0 : pread(memory_, text.data(), text.size(), 0);
    const std::string_view all(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    return base::printable(all.substr(0, all.find('\n')));
  }

 private:
  void restore() {
    if (saved_ < 0) return;
    std::fflush(stderr);
    dup2(saved_, STDERR_FILENO);
    close(std::exchange(saved_, -1));
  }
  int saved_;
  int memory_;
};

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

std::string option(ub_ctx* context, const char* name) {
  char* text = nullptr;
  if (ub_ctx_get_option(context, name, &text) != 0 || text == nullptr) return {};
  std::string out(text);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): libunbound's malloc
  return out;
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

bool has_anchor(ub_ctx* context) {
  for (const char* name : {"trust-anchor", "trust-anchor-file", "auto-trust-anchor-file",
                           "trusted-keys-file"}) {
    if (!option(context, name).empty()) return true;
  }
  return false;
}

/// Whether the text has a DS or DNSKEY record; libunbound says nothing about a file that
/// has none until the first question, and then only that it failed.
bool speaks_of_keys(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return false;
  std::string text(64 * 1024, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text.find("DS") != std::string::npos ||
         text.find("DNSKEY") != std::string::npos ||
         text.find("trusted-keys") != std::string::npos;
}

base::Result<void> check_anchor_file(const std::string& path) {
  if (access(path.c_str(), R_OK) != 0) {
    return base::fail(
        ErrorKind::usage, "bad_trust_anchor",
        "unable to read trust anchor " + path + ": " + base::system_message(errno));
  }
  if (!speaks_of_keys(path)) {
    return base::fail(ErrorKind::usage, "bad_trust_anchor",
                      path + " holds no trust anchor (a DS or DNSKEY record)");
  }
  return {};
}

base::Result<void> add_anchors(ub_ctx* context, const Config& config) {
  if (!config.auto_trust_anchor.empty()) {
    if (auto ok = check_anchor_file(config.auto_trust_anchor); !ok) return ok;
    if (ub_ctx_add_ta_autr(context, config.auto_trust_anchor.c_str()) != 0) {
      return base::fail(ErrorKind::usage, "bad_trust_anchor",
                        "cannot use trust anchor " + config.auto_trust_anchor);
    }
  }
  if (config.trust_anchor.empty() && has_anchor(context)) return {};
  const std::string path = config.trust_anchor.empty() ? kRootKey : config.trust_anchor;
  if (auto ok = check_anchor_file(path); !ok) return ok;
  if (ub_ctx_add_ta_file(context, path.c_str()) != 0) {
    return base::fail(ErrorKind::usage, "bad_trust_anchor",
                      "cannot use trust anchor " + path);
  }
  return {};
}

base::Result<void> add_upstream(ub_ctx* context, const Config& config) {
  std::vector<std::string> servers = config.forwarders;
  if (config.upstream == Upstream::automatic && config.unbound_conf.empty()) {
    servers = loopback_servers("/etc/resolv.conf");
  }
  for (const std::string& server : servers) {
    if (const int rc = ub_ctx_set_fwd(context, server.c_str()); rc != 0) {
      return base::fail(ErrorKind::usage, "bad_forwarder",
                        "cannot forward to " + server + ": " + ub_strerror(rc));
    }
  }
  if (servers.empty()) return {};
  return set(context, "do-not-query-localhost:", "no");
}

base::Result<void> keep_validating(ub_ctx* context) {
  if (option(context, "module-config").find("validator") == std::string::npos) {
    return base::fail(ErrorKind::usage, "bad_unbound_conf",
                      "module-config has no validator: nothing could be proved");
  }
  return set_all(context, kForced);
}

}  // namespace

void ContextFree::operator()(ub_ctx* context) const { ub_ctx_delete(context); }

base::Result<Context> make_context(ub_event_base* events, const Config& config) {
  Context context(ub_ctx_create_ub_event(events));
  if (!context) {
    return base::fail(ErrorKind::internal, "libunbound",
                      "cannot start libunbound: " + base::system_message(errno));
  }
  ub_ctx_debugout(context.get(),
                  nullptr);  // its log is not for our users' standard error
  base::Result<void> done = set_all(context.get(), kSmall);
  if (done && !config.unbound_conf.empty()) {
    done = read_conf(context.get(), config.unbound_conf);
  }
  if (done) done = add_anchors(context.get(), config);
  if (done) done = add_upstream(context.get(), config);
  if (done) done = keep_validating(context.get());
  if (!done) return tl::unexpected(done.error());
  return context;
}

}  // namespace resolver
