#include "cli/sslserver/own_records.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "cli/settings.h"
#include "cli/sslserver/talk.h"
#include "resolver/tlsa_records.h"
#include "src/client/wall_clock.h"
#include "src/io/close_others.h"
#include "src/io/landlock.h"
#include "src/io/run_task.h"
#include "src/server/rights.h"
#include "verify/check.h"

namespace cli::sslserver {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostNames = 500;
constexpr seconds kSoonest{60};
constexpr seconds kLatest{86'400};
constexpr seconds kWithoutRecords{3'600};
constexpr seconds kAfterFailure{300};
constexpr seconds kLongest{30};  // all names together; a renewal may wait for it
constexpr seconds kGivenUp{60};  // with the last answer that was waited for
constexpr std::size_t kMostOctets = std::size_t{256} * 1024;
constexpr std::size_t kMostLines = 100;
constexpr std::uint16_t kSmtp = 25;  // RFC 7672 is about this port alone

/// Whether a verdict says that the records speak against the chain, rather than that
/// they, or what they stand on, are nothing that can be judged here: records that no
/// client can use (RFC 7671 10.3), or an authority of clients' own (PKIX-TA, PKIX-EE).
bool is_contradiction(const verify::Verdict& verdict) {
  return !verify::accepted(verdict.outcome) &&
         verdict.reason != verify::Reason::no_usable_record &&
         verdict.reason != verify::Reason::no_trust_store;
}

/// What clients hold a chain to by these records.
std::optional<std::string> objection(const policy::DnsFacts& facts,
                                     const tls::ServedChain& chain, std::uint16_t port) {
  policy::Demand demand;
  demand.level = policy::Level::dane_only;
  demand.service = port == kSmtp ? policy::Service::smtp : policy::Service::other;
  const auto requirement = policy::decide(facts, demand);
  if (!requirement) return requirement.error().detail;
  const verify::Verdict verdict = verify::check(chain.certificates, *requirement,
                                                {client::wall_clock(), nullptr, {}});
  if (!is_contradiction(verdict)) return std::nullopt;
  return verdict.detail;
}

void judge(const policy::DnsFacts& facts, const ServedName& served, std::uint16_t port,
           RecordReport& out) {
  for (const tls::ServedChain& chain : served.chains) {
    const auto why = objection(facts, chain, port);
    if (!why) continue;
    out.is_contradicted = true;
    out.lines.push_back("own TLSA records " + facts.owner.text() +
                        " do not prove the certificate for " + served.name + ": " + *why);
  }
}

void look_again_after(seconds span, RecordReport& out) {
  out.look_again = std::min(out.look_again, std::clamp(span, kSoonest, kLatest));
}

io::Task<RecordReport> look(resolver::Resolver& resolver, std::vector<ServedName> names,
                            std::uint16_t port) {
  RecordReport out;
  out.look_again = kLatest;
  const auto until = io::Clock::now() + kLongest;
  for (const ServedName& served : names) {
    if (io::Clock::now() > until) {
      out.lines.emplace_back("own TLSA records: not all could be looked up in time");
      look_again_after(kAfterFailure, out);
      break;
    }
    const auto name = dns::Name::parse(served.name);
    if (!name) continue;
    const auto owner = name->tlsa_owner(port, "tcp");
    if (!owner) continue;  // too long for records to be there
    auto facts = co_await resolver::tlsa_records_at(resolver, *owner);
    if (!facts) {
      out.lines.push_back("own TLSA records cannot be looked up: " +
                          facts.error().detail);
      look_again_after(kAfterFailure, out);
      continue;
    }
    const bool present = facts->state == policy::TlsaState::present;
    look_again_after(present ? facts->ttl : kWithoutRecords, out);
    if (!present) continue;
    facts->names = {*name};
    judge(*facts, served, port, out);
  }
  co_return out;
}

Words to_words(const RecordReport& report) {
  Words out(report.lines.begin(),
            report.lines.begin() +
                static_cast<std::ptrdiff_t>(std::min(report.lines.size(), kMostLines)));
  out.insert(out.begin(), {report.is_contradicted ? "contradicted" : "fine",
                           std::to_string(report.look_again.count())});
  return out;
}

RecordReport failed(const std::string& why) {
  return {false, {"own TLSA records cannot be looked up: " + why}, kAfterFailure};
}

RecordReport look_all(const std::vector<ServedName>& names, std::uint16_t port,
                      const resolver::Config& config) {
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, config);
  if (!resolver) return failed(resolver.error().detail);
  if (auto given = server::give_up_root({}); !given) return failed(given.error().detail);
  io::FileRights none;
  none.reading = io::FilesRead::nothing;
  io::confine(none);
  return io::run_task(loop, look(**resolver, names, port));
}

[[noreturn]] void live(const std::vector<ServedName>& names, std::uint16_t port,
                       const resolver::Config& config, io::Descriptor report) {
  std::signal(SIGHUP, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  io::close_others({STDERR_FILENO, report.get()});
  send_words(report.get(), to_words(look_all(names, port, config)));
  std::_Exit(0);
}

}  // namespace

std::vector<ServedName> served_names(const std::vector<SiteChains>& sites) {
  std::vector<ServedName> out;
  for (const SiteChains& site : sites) {
    for (const auto& [name, chains] : site.by_name) {
      ServedName one{name, chains};
      if (name.starts_with('*') || out.size() >= kMostNames) continue;
      if (std::ranges::find(out, one) == out.end()) out.push_back(std::move(one));
    }
  }
  return out;
}

std::vector<ServedName> changed_names(const std::vector<ServedName>& names,
                                      const std::vector<ServedName>& before) {
  const auto same_chains = [](const tls::ServedChain& a, const tls::ServedChain& b) {
    return a.certificates == b.certificates;
  };
  std::vector<ServedName> out;
  for (const ServedName& one : names) {
    const bool known = std::ranges::any_of(before, [&](const ServedName& other) {
      return other.name == one.name &&
             std::ranges::equal(other.chains, one.chains, same_chains);
    });
    if (!known) out.push_back(one);
  }
  return out;
}

base::Result<RecordCheck> RecordCheck::start(const std::vector<ServedName>& names,
                                             std::uint16_t port,
                                             const resolver::Config& resolver) {
  auto report = make_talk();
  if (!report) return tl::unexpected(report.error());
  const pid_t pid = fork();
  if (pid < 0) {
    return base::fail(base::ErrorKind::internal, base::Code::local,
                      "unable to fork: " + base::system_message(errno));
  }
  if (pid == 0) live(names, port, resolver, std::move(report->second));
  RecordCheck out;
  out.report_ = ChildReport(pid, std::move(report->first), kMostOctets, kGivenUp);
  return out;
}

RecordReport RecordCheck::finish() const {
  const auto& words = report_.words();
  if (!words || words->size() < 2) return failed("the process that looked has ended");
  RecordReport out;
  out.is_contradicted = words->front() == "contradicted";
  const auto span = parse_number("a span", (*words)[1], {0, kLatest.count()});
  out.look_again = span ? seconds(*span) : kAfterFailure;
  out.lines.assign(words->begin() + 2, words->end());
  return out;
}

}  // namespace cli::sslserver
