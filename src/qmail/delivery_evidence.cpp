#include "src/qmail/delivery_evidence.h"

#include <unistd.h>

#include <algorithm>
#include <asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "src/io/ahead.h"
#include "src/io/run_task.h"
#include "src/io/work_limit.h"
#include "src/witness/connection_bundle.h"
#include "src/witness/trust_shelf.h"
#include "verify/certificate.h"

namespace qmail {
namespace {

/// How long the process goes on for what proves the answers, when its mail is done with:
/// the resolver has most of it, and qmail-rspawn waits.
constexpr std::chrono::seconds kMostWaiting{10};

/// `20260601T120000Z`: a time that is part of a name.
std::string compact(std::chrono::sys_seconds moment) {
  std::string out = verify::to_text(moment);
  std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
  return out;
}

/// What comes of a task within some time; nothing if that is not enough for it.
io::Task<bool> is_over_within(io::Loop& loop, io::Task<bool> task, io::Duration limit) {
  using namespace asio::experimental::awaitable_operators;
  io::Ahead<bool> running(loop, std::move(task));
  io::Timer timer(loop, limit);
  auto over = running.result();
  auto late = timer.async_wait(io::kResume);
  const auto first = co_await (std::move(over) || std::move(late));
  co_return first.index() == 0;
}

}  // namespace

base::Result<std::optional<std::string>> DeliveryEvidence::folder_of(
    const Control& control, const std::string& home) {
  auto line = control.line("evidence");
  if (!line || !*line || (**line).starts_with('/')) return line;
  return std::optional(home + "/" + **line);
}

DeliveryEvidence::DeliveryEvidence(io::Loop& loop, resolver::Resolver& resolver,
                                   std::unique_ptr<resolver::Resolver> past_caches,
                                   const Job& job, std::string maker,
                                   const std::string& folder)
    : loop_(loop),
      job_(job),
      maker_(std::move(maker)),
      witness_(loop, resolver, std::move(past_caches)),
      files_(evidence::EvidenceFiles::open(folder + "/", /*one_domain=*/false)) {}

io::Task<client::Connection> DeliveryEvidence::reach(const client::Target& target,
                                                     std::vector<net::Endpoint> endpoints,
                                                     client::TermsLookup terms,
                                                     const client::Options& options) {
  auto out =
      co_await witness_.reach(target, std::move(endpoints), std::move(terms), options);
  const bool known = witness_.connections().back().committed != nullptr;
  tries_.push_back(said_of(*approach_, out, known ? LookUps::known : LookUps::failed));
  TriedHost tried{client::to_text(target.host), *approach_->policy, std::nullopt};
  if (out.terms.roots != nullptr) tried.trust_store = witness::hash_of(*out.terms.roots);
  about_.tries.push_back(std::move(tried));
  co_return out;
}

std::string DeliveryEvidence::name() const {
  return compact(witness_.moment()) + "." + job_.host + "." + std::to_string(getpid());
}

std::string DeliveryEvidence::trouble() const {
  const auto good = files_ ? files_->check(name()) : tl::unexpected(files_.error());
  return good ? "" : "Evidence not kept: " + good.error().detail + "\n";
}

/// Whether a host was refused for want of a proof.
bool DeliveryEvidence::accuses() const {
  return std::ranges::any_of(tries_, [](const SaidOfTry& one) {
    return one.report.error && base::is_about_proof(one.report.error->code);
  });
}

io::Task<bool> DeliveryEvidence::complete() {
  co_await witness_.complete();
  co_return true;
}

io::Task<bool> DeliveryEvidence::ask_again() {
  co_await witness_.ask_again();
  co_return true;
}

io::Task<base::Result<Route>> DeliveryEvidence::route() {
  co_return co_await route_by(witness_.resolver(), about_.relay, about_.domain);
}

void DeliveryEvidence::write(const std::optional<SmtpRoute>& relay,
                             const Report& report) {
  if (!files_) return;
  // The report was told: whatever takes too long now ends without a word.
  constexpr std::chrono::seconds kMostWork{10};
  io::limit_work(kMostWork, {STDERR_FILENO, "", 0});
  about_.domain = job_.host;
  about_.relay = relay;
  // Asked once more: its answers stand in the trail.
  const base::Result<Route> again = io::run_task(loop_, route());
  const bool whole = io::run_task(loop_, is_over_within(loop_, complete(), kMostWaiting));
  if (!whole) return;
  // Without it there is evidence all the same.
  if (accuses()) {
    (void)io::run_task(loop_, is_over_within(loop_, ask_again(), kMostWaiting));
  }
  const evidence::Json facts = {
      {"report",
       {{"state", std::string(1, static_cast<char>(report.state))},
        {"text", base::to_utf8(report.text)}}}};
  const auto bundle = witness::bundle_of(
      witness_,
      {maker_, to_value(about_), verdict_json(about_.domain, again, tries_), facts});
  (void)files_->add(name(), bundle);  // nobody listens any more
}

}  // namespace qmail
