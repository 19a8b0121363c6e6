// Audited domains made by hand, for what is printed and counted of them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "src/audit/item.h"
#include "tests/audit/hosts.h"

namespace cli::testing {

/// When all of them were done: 2026-06-01T12:00:00Z.
inline constexpr std::chrono::sys_seconds kDone{std::chrono::seconds(1'780'315'200)};

/// A domain of this grade with these findings and no mail host.
[[nodiscard]] inline audit::DomainAudit audited(std::string word, audit::Grade grade,
                                                std::vector<audit::Code> codes = {}) {
  audit::DomainAudit out;
  out.item = {1, std::move(word)};
  if (auto name = dns::Name::parse(out.item.word)) out.seen.domain = std::move(*name);
  out.judgement.grade = grade;
  for (const audit::Code code : codes) {
    out.judgement.findings.push_back({code, out.item.word, "so it is"});
  }
  out.moment = kDone;
  out.took = std::chrono::milliseconds(1500);
  return out;
}

/// Adds a mail host with what is thought of it.
inline void add_host(audit::DomainAudit& out, audit::HostSeen seen,
                     audit::HostJudged judged = {},
                     audit::Access access = audit::Access::proved) {
  audit::HostAccess result{access, {}};
  judged.addresses.resize(seen.addresses.size());
  for (const auto& address : judged.addresses) {
    result.addresses.push_back({access, address.verdict});
  }
  out.seen.mx.hosts.push_back(
      {seen.name, static_cast<std::uint16_t>(10 * (out.seen.hosts.size() + 1))});
  out.seen.hosts.push_back(std::make_shared<const audit::HostAudit>(
      audit::HostAudit{std::move(seen), std::move(judged)}));
  out.judgement.hosts.push_back(std::move(result));
}

}  // namespace cli::testing
