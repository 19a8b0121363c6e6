#include "cli/dane/report_targets.h"

#include "src/audit/together.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

constexpr std::size_t kMostAtOnce = 32;

io::Task<base::Result<mail::TlsReportTargets>> targets_of(resolver::Resolver& resolver,
                                                          std::string domain) {
  auto name = dns::Name::from_dns("_smtp._tls." + domain);
  if (!name) co_return tl::unexpected(name.error());
  const auto answer = co_await resolver.look_up<resolver::record::Txt>(*name);
  if (!answer) co_return tl::unexpected(answer.error());
  co_return mail::read_targets(answer->records);
}

}  // namespace

base::Result<std::unique_ptr<ReportTargets>> ReportTargets::create(
    resolver::Config config) {
  // libunbound goes on asking silent servers when we have given up: in the room of a
  // small resolver these questions would keep the others out.
  config.busy = true;
  std::unique_ptr<ReportTargets> out(new ReportTargets());
  auto resolver = resolver::Resolver::create(out->loop_, config);
  if (!resolver) return tl::unexpected(resolver.error());
  out->resolver_ = std::move(*resolver);
  return out;
}

io::Task<void> ReportTargets::ask_one(std::string domain) {
  auto answer = co_await targets_of(*resolver_, domain);
  answers_.insert_or_assign(std::move(domain), std::move(answer));
}

io::Task<bool> ReportTargets::ask_all(const std::vector<std::string>& domains) {
  std::vector<io::Task<void>> tasks;
  for (const std::string& domain : domains) {
    const bool is_new = answers_.try_emplace(domain, mail::TlsReportTargets()).second;
    if (is_new) tasks.push_back(ask_one(domain));
  }
  co_await audit::together_at_most(loop_, kMostAtOnce, std::move(tasks));
  co_return true;
}

void ReportTargets::ask(const std::vector<std::string>& domains) {
  (void)io::run_task(loop_, ask_all(domains));
}

}  // namespace cli::dane
