#include "cli/audit/watch.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include "cli/audit/output.h"
#include "cli/audit/run.h"
#include "src/base/json.h"
#include "src/io/descriptor.h"
#include "verify/certificate.h"
#include "verify/hash.h"

namespace cli::audit {
namespace {

using namespace ::audit;

/// What of a domain is compared from round to round.
struct State {
  Grade grade = Grade::undecided;
  std::set<std::string> findings;  ///< `code subject`, warnings and errors
  std::set<std::string> records;   ///< `host TLSA …`
  std::set<std::string> keys;      ///< `host SPKI …`
};

State state_of(const Audited& audited) {
  State out;
  out.grade = audited.result.grade;
  for (const Finding& finding : audited.result.findings) {
    const Kind& kind = kind_of(finding.code);
    if (kind.severity == Severity::note) continue;
    out.findings.insert(std::string(kind.word) + " " + finding.subject);
  }
  for (const auto& host : audited.facts.hosts) {
    for (const dns::Tlsa& record : host->tlsa.records) {
      out.records.insert(host->name.text() + " " + dns::to_text(record));
    }
    for (const AddressFacts& address : host->addresses) {
      const auto* chain = std::get_if<verify::Certificates>(&address.connection.chain);
      if (chain == nullptr || chain->empty()) continue;
      const auto leaf = verify::parse_certificate(chain->front());
      if (!leaf) continue;
      out.keys.insert(host->name.text() + " " + base::to_hex(verify::sha256(leaf->spki)));
    }
  }
  return out;
}

/// Members for what is in one set and not in the other; whether there was anything.
bool write_difference(base::JsonWriter& json, const char* appeared,
                      const char* disappeared, const std::set<std::string>& was,
                      const std::set<std::string>& is) {
  std::vector<std::string> came, went;
  std::ranges::set_difference(is, was, std::back_inserter(came));
  std::ranges::set_difference(was, is, std::back_inserter(went));
  if (!came.empty()) json.member(appeared, came);
  if (!went.empty()) json.member(disappeared, went);
  return !came.empty() || !went.empty();
}

/// The line that tells of a change; nothing if there is none.
std::optional<std::string> change_of(const Audited& audited, const State& was,
                                     const State& is) {
  base::JsonWriter json;
  json.begin_object().member("version", 1);
  json.member("time", verify::to_text(audited.moment));
  json.member("domain", audited.facts.domain.text().empty()
                            ? audited.item.word
                            : audited.facts.domain.text());
  json.member("grade", ::audit::to_text(is.grade));
  bool changed = was.grade != is.grade;
  if (changed) json.member("was", ::audit::to_text(was.grade));
  changed |=
      write_difference(json, "findings_new", "findings_gone", was.findings, is.findings);
  // What could not be looked at now has not gone.
  if (is.grade != Grade::undecided) {
    changed |=
        write_difference(json, "records_new", "records_gone", was.records, is.records);
    changed |= write_difference(json, "keys_new", "keys_gone", was.keys, is.keys);
  }
  json.end_object();
  return changed ? std::optional(json.text() + "\n") : std::nullopt;
}

/// Starts a command by sh with a text on its standard input, in a process group of its
/// own; 0 if that cannot be.
pid_t start_command(const std::string& command, const std::string& text) {
  // A file, since a command need not read it.
  const io::Descriptor input(memfd_create("change", MFD_CLOEXEC));
  const bool written = input && ::write(input.get(), text.data(), text.size()) ==
                                    static_cast<ssize_t>(text.size());
  if (!written || lseek(input.get(), 0, SEEK_SET) != 0) return 0;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input.get(), STDIN_FILENO);
  posix_spawnattr_t manner;
  posix_spawnattr_init(&manner);
  posix_spawnattr_setflags(
      &manner, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&manner, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&manner, &signals);
  std::string name = "sh", option = "-c", script = command;
  const std::array<char*, 4> words = {name.data(), option.data(), script.data(), nullptr};
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, "/bin/sh", &files, &manner, words.data(), environ);
  posix_spawnattr_destroy(&manner);
  posix_spawn_file_actions_destroy(&files);
  return failed != 0 ? 0 : pid;
}

/// Runs a command to its end; false if a signal came before, which ends the command too.
bool run_command(const std::string& command, const std::string& text) {
  constexpr std::chrono::milliseconds kTick{20};
  const pid_t pid = start_command(command, text);
  int status = pid == 0 ? -1 : 0;
  while (pid != 0 && waitpid(pid, &status, WNOHANG) == 0) {
    if (wait_for_signal(kTick) == 0) continue;
    kill(-pid, SIGTERM);
    return false;
  }
  if (status != 0) {
    std::fprintf(stderr, "dane: warning: the command of --exec failed\n");
  }
  return true;
}

std::vector<Item> all_of(const Source& source) {
  std::vector<Item> out;
  while (auto item = source()) out.push_back(std::move(*item));
  return out;
}

Source from_items(const std::vector<Item>& items) {
  return [items, at = std::size_t{0}]() mutable -> std::optional<Item> {
    if (at == items.size()) return std::nullopt;
    return items[at++];
  };
}

}  // namespace

base::Result<void> watch(const EngineSettings& settings, const Source& source,
                         std::chrono::seconds span, const std::string& command) {
  const std::vector<Item> items = all_of(source);
  std::map<std::uint64_t, State> states;
  for (;;) {
    const auto begin = io::Clock::now();
    std::vector<std::string> changes;
    Engine engine(settings, from_items(items), [&](const Audited& audited) {
      State now = state_of(audited);
      const auto [at, is_new] = states.try_emplace(audited.item.number, now);
      if (is_new) return;
      if (auto line = change_of(audited, at->second, now)) {
        changes.push_back(std::move(*line));
      }
      at->second = std::move(now);
    });
    const auto number = run_engine(engine, [] {});
    if (!number) return tl::unexpected(number.error());
    for (const std::string& line : changes) print_now(line);
    if (*number != 0) return {};
    if (!command.empty()) {
      for (const std::string& line : changes) {
        if (!run_command(command, line)) return {};
      }
    }
    const auto left = span - (io::Clock::now() - begin);
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(left);
    if (wait_for_signal(std::max(wait, std::chrono::milliseconds(0))) != 0) return {};
  }
}

}  // namespace cli::audit
