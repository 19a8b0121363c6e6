#include "cli/dane/check_service_text.h"

#include <algorithm>
#include <functional>

#include "cli/layout.h"
#include "src/base/bytes.h"

namespace cli::dane {
namespace {

constexpr std::size_t kWidestHost = 40;  // of a column; longer names push the rest aside

std::string host_of(const CheckedTarget& target) {
  return base::printable(target.job.word, base::kName);
}

bool is_secure(const CheckedService& service) {
  return service.found.referral.security == dns::Security::secure;
}

bool is_verified(const CheckedTarget& target) {
  return std::ranges::all_of(target.checked.peers, [](const client::Report& peer) {
    return peer.error ||
           (peer.verdict && peer.verdict->outcome != verify::Outcome::unauthenticated);
  });
}

/// The verdict of the servers that decide: what all of them are, or that they are
/// verified in more ways than one.
std::string headline(const CheckedService& service, const Paint& paint) {
  const Outcome outcome = outcome_of(service);
  std::vector<std::string> lines;
  for (const CheckedTarget& target : service.targets) {
    if (outcome_of(target.checked) != outcome) continue;
    lines.push_back(headline_of(target.checked, paint));
    if (outcome == Outcome::fine && !is_verified(target)) return lines.back();
  }
  if (lines.empty()) return paint.doubtful("COULD NOT TELL");
  const bool all_same =
      std::ranges::adjacent_find(lines, std::not_equal_to<>()) == lines.end();
  if (outcome != Outcome::fine) {
    // One server without records beside others that have some is one that is not
    // verified.
    const bool is_all = all_same && lines.size() == service.targets.size();
    return is_all                         ? lines.front()
           : outcome == Outcome::findings ? paint.bad("NOT VERIFIED")
                                          : paint.doubtful("COULD NOT TELL");
  }
  return all_same ? lines.front() : paint.good("VERIFIED, not every server by DANE");
}

/// How many of the servers are not verified, where there are several and some are not.
std::string share(const CheckedService& service) {
  std::size_t refused = 0;
  std::size_t not_reached = 0;
  for (const CheckedTarget& target : service.targets) {
    const Outcome outcome = outcome_of(target.checked);
    if (outcome == Outcome::findings) ++refused;
    if (outcome != Outcome::findings && outcome != Outcome::fine) ++not_reached;
  }
  const std::string of_all = " of " + counted(service.targets.size(), "server");
  if (service.targets.size() == 1 || refused + not_reached == 0) return "";
  if (refused == 0) return std::to_string(not_reached) + of_all + " not reached.";
  const std::string text = std::to_string(refused) + of_all + " not verified";
  return not_reached == 0 ? text + "."
                          : text + ", " + std::to_string(not_reached) + " not reached.";
}

std::vector<std::string> notes(const CheckedService& service) {
  std::vector<std::string> out;
  if (!is_secure(service)) {
    out.emplace_back(
        "Its SRV records are not signed with DNSSEC: anybody can forge which servers "
        "these are. DANE does not apply to the service, and no TLSA records were looked "
        "up (RFC 7673 3.1).");
  }
  if (is_mixed(service)) {
    out.emplace_back(
        "Not all of its servers have TLSA records: a program that is turned away by one "
        "that has may go on to one that has not, and an attacker can make it do so (RFC "
        "7673 10.1).");
  }
  if (service.found.left_out > 0) {
    out.push_back("It has " + counted(service.found.left_out, "server") +
                  " more, which were not looked at.");
  }
  return out;
}

void tell_targets(TextLayout& layout, const CheckedService& service, const Paint& paint) {
  std::size_t widest = 0;
  for (const CheckedTarget& target : service.targets) {
    widest = std::max(widest, width_of(host_of(target)));
  }
  std::string label = "SRV";
  for (const CheckedTarget& target : service.targets) {
    const std::string priority = std::to_string(target.record.priority);
    const std::string port = std::to_string(target.record.port);
    const std::string text = padded(priority, 5) + " " +
                             padded(host_of(target), std::min(widest, kWidestHost)) +
                             " " + port;
    layout.row(label, marked(outcome_of(target.checked), text, paint));
    label.clear();
  }
}

}  // namespace

std::string text_of(const CheckJob& job, const CheckedService& service,
                    const Telling& telling, std::chrono::sys_seconds now) {
  TextLayout layout(telling.columns);
  const std::string name =
      job.service->prefix + "." + base::printable(job.word, base::kName);
  layout.sentence(0,
                  telling.paint.strong(name) + ": " + headline(service, telling.paint));
  if (const std::string text = share(service); !text.empty()) {
    layout.sentence(0, text);
  }
  for (const std::string& note : notes(service)) layout.sentence(0, note);
  layout.gap();
  tell_targets(layout, service, telling.paint);
  std::string out = layout.text();
  for (const CheckedTarget& target : service.targets) {
    out += "\n" + text_of(target.job, target.checked, telling, now);
  }
  return out;
}

}  // namespace cli::dane
