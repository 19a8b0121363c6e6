#include "cli/sslserver/starter.h"

#include <fcntl.h>

#include "cli/sslserver/log.h"

namespace cli::sslserver {
namespace {

constexpr int kFailed = 111;
constexpr int kDenied = 100;

Words to_words(const RuleBook::Verdict& verdict) {
  Words out{verdict.is_allowed ? "allow" : "deny"};
  for (const auto& [name, value] : verdict.variables) {
    out.push_back(name);
    out.push_back(value);
  }
  return out;
}

/// The three descriptors of UCSPI-TLS under numbers that nobody above us has taken.
ucspi::DescriptorMap delayed_map(int socket, const ProgramEnds& ends,
                                 std::vector<std::string>& environment) {
  const auto [talk, read, write] = ucspi::free_descriptors();
  environment.push_back("SSLCTLFD=" + std::to_string(talk));
  environment.push_back("SSLREADFD=" + std::to_string(read));
  environment.push_back("SSLWRITEFD=" + std::to_string(write));
  return {{socket, ucspi::kServerDescriptors.read},
          {socket, ucspi::kServerDescriptors.write},
          {ends.control.get(), talk},
          {ends.read.get(), read},
          {ends.write.get(), write}};
}

/// Hears the names, decides and says what; nothing where that cannot be done.
std::optional<RuleBook::Verdict> decide(const RuleBook& rules,
                                        ucspi::ConnectionNames& names, int talk,
                                        const Log& log) {
  const auto named = receive_words(talk);
  if (!named || !read_names(*named, names)) return std::nullopt;
  auto verdict = rules.judge(names);
  if (!verdict) {
    log.fail(verdict.error().detail);
    return std::nullopt;
  }
  if (!send_words(talk, to_words(*verdict))) return std::nullopt;
  return std::move(*verdict);
}

}  // namespace

int start_program(const Options& options, const RuleBook& rules,
                  const char* const* environment, Applicant applicant, ProgramEnds ends,
                  io::Descriptor talk) {
  const Log log(options.verbosity);
  if (auto good = server::become(options.program_rights); !good) {
    log.fail(good.error().detail);
    return kFailed;
  }
  auto& [names, verdict, socket] = applicant;
  if (!verdict) verdict = decide(rules, names, talk.get(), log);
  if (!verdict) return kFailed;
  if (!verdict->is_allowed) return kDenied;
  const auto ordered = receive_words(talk.get());
  if (!ordered) return kFailed;  // the handshake failed, and has been told

  ucspi::Environment changes;
  for (const char* name : {"SSLCTLFD", "SSLREADFD", "SSLWRITEFD"}) changes.unset(name);
  ucspi::set_connection(changes, names, options.tcp_copies);
  changes.add(session_variables(*ordered));
  for (const auto& [name, value] : verdict->variables) changes.set(name, value);
  std::vector<std::string> all = changes.applied_to(environment);
  const auto descriptors =
      ends.control
          ? delayed_map(socket.get(), ends, all)
          : ucspi::DescriptorMap{{ends.read.get(), ucspi::kServerDescriptors.read},
                                 {ends.write.get(), ucspi::kServerDescriptors.write}};
  const base::Error failed = ucspi::become_program(options.program, all, descriptors);
  log.fail(failed.detail);
  return kFailed;
}

std::optional<RuleBook::Verdict> hear_decision(int talk) {
  const auto words = receive_words(talk);
  if (!words || words->empty()) return std::nullopt;
  RuleBook::Verdict out;
  out.is_allowed = words->front() == "allow";
  for (std::size_t i = 1; i + 1 < words->size(); i += 2) {
    out.variables.emplace_back((*words)[i], (*words)[i + 1]);
  }
  return out;
}

}  // namespace cli::sslserver
