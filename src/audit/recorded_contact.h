#pragma once

#include <map>
#include <memory>

#include "src/audit/contact.h"
#include "src/audit/stored_facts.h"

namespace audit {

/// What was written down of a domain beside the answers of the DNS.
struct RecordedFacts {
  StoredAudit stored;
  std::map<dns::Name, std::chrono::sys_seconds> moments;  ///< by which hosts were judged
};

/// Shows again what was seen on another day. What nobody wrote down is told as a
/// complaint: a host of which nothing is known would be one that was not asked.
class RecordedContact final : public Contact {
 public:
  explicit RecordedContact(const RecordedFacts& facts);

  io::Task<void> connect_to_all(HostSeen& host,
                                const evidence::Challenger* challenger) override;
  io::Task<void> ask_servers(dns::Name apex, HostSeen& host) override;
  io::Task<std::optional<StsSeen>> fetch_sts_policy(dns::Name domain) override;
  [[nodiscard]] YoungResolver made_after(std::chrono::sys_seconds /*moment*/) override {
    return {};
  }
  [[nodiscard]] std::chrono::sys_seconds moment_of(const dns::Name& host) override;

  [[nodiscard]] const std::optional<base::Error>& complaint() const { return complaint_; }

 private:
  const HostSeen* find(const dns::Name& host);
  void complain(const std::string& why);

  const RecordedFacts& facts_;
  std::optional<base::Error> complaint_;
};

}  // namespace audit
