#pragma once

#include "cli/dane/check_contact.h"
#include "src/client/wall_clock.h"

namespace cli::dane {

/// Connects over the network; the moment is that at which the check begins.
class LiveCheckContact final : public CheckContact {
 public:
  explicit LiveCheckContact(io::Loop& loop) : loop_(loop) {}

  [[nodiscard]] io::Task<client::Connection> reach(
      const CheckJob& job, std::vector<net::Endpoint> endpoints,
      client::TermsLookup terms, const client::Options& options) override;
  [[nodiscard]] std::chrono::sys_seconds moment() const override { return moment_; }

 private:
  io::Loop& loop_;
  std::chrono::sys_seconds moment_ = client::wall_clock();
};

}  // namespace cli::dane
