#pragma once

#include "resolver/resolver.h"
#include "src/audit/common.h"
#include "src/audit/contact.h"

namespace audit {

/// Connects and asks, over the network, now.
class LiveContact final : public Contact {
 public:
  LiveContact(io::Loop& loop, resolver::Resolver& resolver, Common& common)
      : loop_(loop), resolver_(resolver), common_(common) {}

  io::Task<void> connect_to_all(HostSeen& host,
                                const evidence::Challenger* challenger) override;
  io::Task<void> ask_servers(dns::Name apex, HostSeen& host) override;
  io::Task<std::optional<StsSeen>> fetch_sts_policy(dns::Name domain) override;
  [[nodiscard]] YoungResolver made_after(std::chrono::sys_seconds moment) override;
  [[nodiscard]] std::chrono::sys_seconds moment_of(const dns::Name& host) override;

 private:
  io::Loop& loop_;
  resolver::Resolver& resolver_;
  Common& common_;
  YoungResolver young_;
};

}  // namespace audit
