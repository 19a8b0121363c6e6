#pragma once

#include <array>
#include <asio/ip/udp.hpp>
#include <memory>
#include <optional>

#include "src/evidence/bundle.h"
#include "src/evidence/trail.h"
#include "src/io/loop.h"

namespace evidence {

/// A name server on a loopback address of this machine that answers what a bundle has and
/// nothing else: what is not there fails, since nobody knows (RFC 4035 4.3), and is
/// remembered. libunbound takes answers from sockets alone; who validates them needs to
/// believe nobody on the way.
class RecordedNameServer {
 public:
  /// Error kind `temporary`, code `socket`. What is given must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<RecordedNameServer>> create(
      io::Loop& loop, const DnsEvidence& dns);

  /// Where it is asked: `127.0.0.1@PORT`.
  [[nodiscard]] std::string address() const;
  /// The first question that the bundle has no answer to, if one came: `DS example.`
  [[nodiscard]] const std::optional<std::string>& missing() const { return missing_; }
  /// Forgets that something was missing.
  void forget_missing() { missing_.reset(); }

 private:
  RecordedNameServer(io::Loop& loop, const DnsEvidence& dns);
  const base::Bytes& add(Trail::Question question, const Told& told);
  void learn_what_failed();
  /// Nothing where the bundle has no answer.
  [[nodiscard]] const base::Bytes* response_to(const Trail::Question& question);
  void listen();
  [[nodiscard]] base::Bytes response_to(base::ByteView query);

  const DnsEvidence& dns_;
  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint asker_;
  std::array<std::byte, 512> query_{};
  std::map<Trail::Question, base::Bytes> responses_;  // so far, without numbers
  bool knows_what_failed_ = false;
  std::optional<std::string> missing_;
};

}  // namespace evidence
