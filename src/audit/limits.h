#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "src/audit/waiting.h"
#include "src/base/address.h"

namespace audit {

/// How hard the world may be knocked at.
struct LimitSettings {
  std::size_t for_address = 2;   ///< connections at once
  std::size_t for_network = 20;  ///< connections at once, for an IPv4 /24, an IPv6 /48
  double each_second = 200;      ///< connections and name servers asked, in all
};

/// Politeness, shared by all loops.
class Limits {
 public:
  explicit Limits(LimitSettings settings) : settings_(settings) {}

  /// A connection that is allowed; it must not outlive the limits.
  class Pass {
   public:
    Pass(Limits& limits, std::string address, std::string network)
        : limits_(&limits), address_(std::move(address)), network_(std::move(network)) {}
    Pass(Pass&& other) noexcept
        : limits_(std::exchange(other.limits_, nullptr)),
          address_(std::move(other.address_)),
          network_(std::move(other.network_)) {}
    Pass& operator=(Pass&&) = delete;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() {
      if (limits_ != nullptr) limits_->leave(address_, network_);
    }

   private:
    Limits* limits_;
    std::string address_;
    std::string network_;
  };

  /// Waits until a connection to this address may begin.
  [[nodiscard]] io::Task<Pass> enter(io::Loop& loop, net::Address address);
  /// Waits until a name server may be asked, at whatever address.
  [[nodiscard]] io::Task<void> take_turn(io::Loop& loop);
  /// The loops are going: nobody is woken any more.
  void close();

 private:
  /// First come, first served: who leaves hands his place over.
  struct Door {
    std::size_t inside = 0;
    Waiting waiting;
  };

  io::Task<void> pass_door(io::Loop& loop, std::string key, std::size_t most);
  void leave(const std::string& address, const std::string& network);
  [[nodiscard]] std::chrono::steady_clock::time_point next_turn();

  LimitSettings settings_;
  std::mutex mutex_;
  std::unordered_map<std::string, Door> doors_;
  std::chrono::steady_clock::time_point next_;
  bool closed_ = false;
};

}  // namespace audit
