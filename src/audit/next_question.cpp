// What an audit asks of a mail server, and when it stops asking. A stranger's server is
// asked as little as an answer needs: every connection costs its owner something, and an
// auditor that knocks on and on is blocked.
//
// The usual question is what a sender would do. An answer that says "not now" (a reply
// 4yz) or a connection that is lost in the middle of a handshake is a verdict on nothing:
// it is asked again, after a polite wait, as often as the user wants. Where this machine
// had no socket left, nobody was asked at all, so that it does not count as an answer.
//
// Who has shown a certificate that the records can be compared with is asked, by a
// thorough audit, what others get: those without a server name (RFC 7672 8.1) and those
// who want the other kind of key (RFC 7671 8). What is seen without a name is doubted
// before the name is blamed; opinions.cpp says why.
//
// An address that has been left alone is asked nothing more: it is slow or silent, and
// the other domains that use it have waited for it already.
#include "src/audit/next_question.h"

#include <algorithm>

#include "src/audit/judge.h"
#include "src/audit/opinions.h"

namespace audit {
namespace {

constexpr unsigned kMostFaults = 30;  // of this machine, at one address
constexpr std::chrono::seconds kFaultWait{1};
constexpr int kMostBusyReplies = 6;  // the time of so many, with a host
constexpr std::size_t kMostChainOctets = std::size_t{1024} * 1024;  // of a host

/// Whether the usual question is asked again.
std::optional<Question> next_usual(const AddressSeen& address,
                                   const SurveySettings& settings) {
  const Shown& last = usual(address);
  if (!last.error) return std::nullopt;
  if (is_our_fault(*last.error)) {
    if (address.faults >= kMostFaults) return std::nullopt;
    return Question{How::usual, kFaultWait};
  }
  if (!may_change(last) || address.refusals > settings.retries) return std::nullopt;
  return Question{How::usual, settings.retry_wait};
}

std::ptrdiff_t times_asked(const AddressSeen& address, How how) {
  return std::ranges::count(address.shown, how, &Shown::how);
}

/// Which other conversation is held with an address that has shown its usual chain.
std::optional<How> next_other(const AddressSeen& address,
                              const QuestionContext& context) {
  const auto nameless = times_asked(address, How::nameless);
  if (nameless == 0) return How::nameless;
  if (nameless == 1 &&
      is_name_in_doubt(address, requirement(context.host), context.now)) {
    return How::nameless;
  }
  const bool is_name_to_blame =
      nameless > 1 && std::ranges::none_of(address.shown, [](const Shown& shown) {
        return shown.how == How::nameless && shown.same_certificate;
      });
  if (is_name_to_blame && times_asked(address, How::again) == 0) return How::again;
  if (times_asked(address, How::other_key) == 0) return How::other_key;
  return std::nullopt;
}

}  // namespace

std::optional<Question> next_question(const AddressSeen& address,
                                      const QuestionContext& context) {
  if (address.left_alone) return std::nullopt;
  if (address.shown.empty()) return Question{};
  if (const auto again = next_usual(address, context.settings)) return again;
  const Shown& shown = usual(address);
  const bool has_chain = !shown.error && shown.session;
  if (!context.settings.thorough || !has_secure_records(context.host) || !has_chain) {
    return std::nullopt;
  }
  // The last one told all that there is to tell.
  if (times_asked(address, How::other_key) > 0) return std::nullopt;
  const auto how = next_other(address, context);
  return how ? std::optional(Question{*how}) : std::nullopt;
}

bool takes_too_long(const HostCost& cost, io::Duration reply) {
  return cost.busy > reply * kMostBusyReplies;
}

bool shows_too_much(const HostCost& cost) { return cost.chain_octets > kMostChainOctets; }

std::vector<std::size_t> hosts_left_to_try(const DomainSeen& domain, Probe probe,
                                           std::chrono::sys_seconds now) {
  // One host alone cannot be the one that is left where another is refused.
  if (probe != Probe::dane || domain.hosts.size() < 2) return {};
  const Judgement judgement = judge(domain, now);
  const auto has_access = [&](Access access) {
    return std::ranges::find(judgement.hosts, access, &HostAccess::access) !=
           judgement.hosts.end();
  };
  // A host that proves itself, or has no record of use, was connected to: mail gets
  // there.
  if (has_access(Access::proved) || has_access(Access::encrypted)) return {};
  if (!has_access(Access::refused)) return {};
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < judgement.hosts.size(); ++i) {
    if (judgement.hosts[i].access == Access::open) out.push_back(i);
  }
  return out;
}

}  // namespace audit
