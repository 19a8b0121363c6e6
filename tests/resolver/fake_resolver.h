// A name server on loopback for what speaks to one by itself.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <thread>

#include "src/base/bytes.h"
#include "src/io/descriptor.h"
#include "tests/support/loopback.h"

namespace resolver {

inline constexpr std::byte kAnswer{0x80}, kCut{0x02}, kAd{0x20}, kCd{0x10}, kFailed{2};

/// A resolver on loopback that answers as it is told; an empty answer is none.
class FakeResolver {
 public:
  using Manner = std::function<base::Bytes(base::Bytes query)>;

  explicit FakeResolver(Manner manner) : manner_(std::move(manner)) {
    socket_ = io::Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    port_ = support::bind_to_loopback(socket_.get());
    timeval tick{0, 10'000};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeResolver() {
    ended_ = true;
    thread_.join();
  }
  FakeResolver(const FakeResolver&) = delete;
  FakeResolver& operator=(const FakeResolver&) = delete;

  [[nodiscard]] std::string word() const { return "127.0.0.1@" + std::to_string(port_); }
  [[nodiscard]] int asked() const { return asked_; }

 private:
  void serve() {
    while (!ended_) {
      base::Bytes query(512);
      sockaddr_in from{};
      socklen_t size = sizeof from;
      auto* address = reinterpret_cast<sockaddr*>(&from);
      const ssize_t n =
          ::recvfrom(socket_.get(), query.data(), query.size(), 0, address, &size);
      if (n <= 0) continue;
      ++asked_;
      query.resize(static_cast<std::size_t>(n));
      const base::Bytes answer = manner_(std::move(query));
      if (!answer.empty()) {
        ::sendto(socket_.get(), answer.data(), answer.size(), 0, address, size);
      }
    }
  }

  Manner manner_;
  io::Descriptor socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ended_{false};
  std::atomic<int> asked_{0};
  std::thread thread_;
};

/// The query as an answer, with these flags.
inline base::Bytes with(base::Bytes query, std::byte flags) {
  query[2] |= kAnswer;
  query[3] = flags;
  return query;
}

inline bool is_about_root(const base::Bytes& query) { return query[12] == std::byte{0}; }
inline bool has(const base::Bytes& query, std::byte flag) {
  return (query[3] & flag) != std::byte{0};
}

/// Validates, and answers with these flags.
inline FakeResolver::Manner validating(std::byte flags) {
  return [flags](base::Bytes query) {
    const bool root = is_about_root(query);
    return with(std::move(query), root ? kAd : flags);
  };
}

}  // namespace resolver
