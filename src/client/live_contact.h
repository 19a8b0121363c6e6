#pragma once

#include "src/client/contact.h"
#include "src/client/wall_clock.h"

namespace client {

/// Connects over the network; the moment is that at which it was made.
class LiveContact final : public Contact {
 public:
  explicit LiveContact(io::Loop& loop) : loop_(loop) {}

  [[nodiscard]] io::Task<Connection> reach(const Target& target,
                                           std::vector<net::Endpoint> endpoints,
                                           TermsLookup terms,
                                           const Options& options) override;
  [[nodiscard]] std::chrono::sys_seconds moment() const override { return moment_; }

 private:
  io::Loop& loop_;
  std::chrono::sys_seconds moment_ = wall_clock();
};

}  // namespace client
