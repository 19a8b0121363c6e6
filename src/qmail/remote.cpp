#include "src/qmail/remote.h"

#include <memory>
#include <optional>
#include <utility>

#include "src/client/live_contact.h"
#include "src/io/interfaces.h"
#include "src/io/landlock.h"
#include "src/io/run_task.h"
#include "src/io/work_limit.h"
#include "src/qmail/delivery.h"
#include "src/qmail/delivery_evidence.h"
#include "src/qmail/entries.h"
#include "src/qmail/failures.h"
#include "src/qmail/message.h"
#include "src/qmail/own_addresses.h"
#include "src/qmail/settings.h"
#include "src/qmail/unhonoured.h"

namespace qmail {
namespace {

using base::Result;

/// One run of qmail-remote. What it holds lives on until its report was told.
class Remote {
 public:
  Remote(const std::string& home, const Job& job, std::string maker)
      : job_(job),
        maker_(std::move(maker)),
        home_(home),
        control_(home + "/control"),
        ledger_(home + "/queue/lock/deadhosts", home + "/queue/tlsrpt"),
        loop_(1),
        live_(loop_) {}

  Report run();
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  /// Why nothing of it will be kept for others, in lines for the log.
  [[nodiscard]] std::string trouble() const;
  /// Keeps the evidence, where it is wanted.
  void write_evidence(const Report& report);

 private:
  Result<void> prepare();
  Result<void> prepare_evidence(const resolver::Config& config);
  void confine() const;
  [[nodiscard]] DeliveryTools tools(const Mail& mail);

  const Job& job_;
  std::string maker_;
  std::string home_;
  Control control_;
  Ledger ledger_;
  io::Loop loop_;
  client::LiveContact live_;
  std::unique_ptr<resolver::Resolver> resolver_;
  std::optional<std::string> evidence_folder_;
  std::unique_ptr<DeliveryEvidence> evidence_;
  std::optional<OwnAddresses> own_;
  mail::Options ways_;
};

Result<void> Remote::prepare() {
  auto ways = ways_of(control_, domain_key(domain_of(job_.sender)));
  if (!ways) return tl::unexpected(ways.error());
  ways_ = std::move(*ways);
  if (auto honoured = nothing_is_unhonoured(control_); !honoured) return honoured;
  auto own = OwnAddresses::of(control_);
  if (!own) return tl::unexpected(own.error());
  own_ = std::move(*own);
  const auto config = resolver_config_of(control_);
  if (!config) return tl::unexpected(config.error());
  auto resolver = resolver::Resolver::create(loop_, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  resolver_ = std::move(*resolver);
  return prepare_evidence(*config);
}

Result<void> Remote::prepare_evidence(const resolver::Config& config) {
  auto folder = DeliveryEvidence::folder_of(control_, home_);
  if (!folder) return tl::unexpected(folder.error());
  if (!*folder) return {};
  evidence_folder_ = std::move(*folder);
  auto past_caches = resolver::Resolver::create(loop_, config);
  if (!past_caches) return tl::unexpected(past_caches.error());
  evidence_ = std::make_unique<DeliveryEvidence>(
      loop_, *resolver_, std::move(*past_caches), job_, maker_, *evidence_folder_);
  return {};
}

/// A server that takes this process over by what it sends finds no mail of others to read
/// and nothing to change but what is written here anyway. Control files are still read:
/// which of them count is known host by host.
void Remote::confine() const {
  io::FileRights rights;
  rights.hidden = home_ + "/queue";
  rights.writable_files = {home_ + "/queue/lock/deadhosts"};
  rights.writable_directories = resolver_->written_directories();
  rights.writable_directories.push_back(home_ + "/queue/tlsrpt");
  if (evidence_folder_) rights.writable_directories.push_back(*evidence_folder_);
  (void)io::confine(rights);  // a kernel without it is as good as it is
}

DeliveryTools Remote::tools(const Mail& mail) {
  return {loop_,
          evidence_ ? evidence_->resolver() : *resolver_,
          control_,
          ledger_,
          [this, &mail](const Approach& approach) {
            if (evidence_) evidence_->begin(approach);
            client::Contact* const contact = evidence_.get();
            return attempt(contact != nullptr ? *contact : live_, approach, ways_, mail);
          },
          [this](const net::Address& address) { return own_->has(address); },
          io::has_route,
          ways_.source.address ? net::to_text(*ways_.source.address) : ""};
}

Report Remote::run() {
  if (auto ready = prepare(); !ready) return control_trouble(ready.error());
  const auto mail = read_mail(control_, job_);
  if (!mail) return mail.error();
  confine();
  io::renew_work();  // from here on strangers say what there is to compute
  Delivery delivery(tools(*mail), job_);
  return io::run_task(loop_, delivery.run());
}

std::string Remote::trouble() const {
  return ledger_.trouble() + (evidence_ ? evidence_->trouble() : "");
}

void Remote::write_evidence(const Report& report) {
  if (!evidence_) return;
  const auto relay = smtp_route(control_, domain_key(job_.host), job_.sender);
  if (relay) evidence_->write(*relay, report);
}

}  // namespace

void deliver(const std::string& home, const Job& job, const std::string& maker,
             const std::function<void(const Report&)>& tell) {
  Remote remote(home, job, maker);
  Report report = remote.run();
  report.text += remote.trouble();
  tell(report);
  remote.ledger().write();
  remote.write_evidence(report);
}

}  // namespace qmail
