#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "src/client/contact.h"
#include "src/evidence/bundle.h"
#include "src/witness/connection_facts.h"

namespace witness {

/// Shows again what was met on another day, in the order in which it was met; each peer
/// is judged anew. What nobody wrote down, and what was written down of other addresses
/// than those that are asked for, is told as a complaint; and so is a handshake that was
/// held before the TLSA records by which its peer is judged were known.
class RecordedContact final : public client::Contact {
 public:
  /// The bundle outlives it.
  RecordedContact(const evidence::Bundle& bundle,
                  std::vector<ConnectionFacts> connections,
                  std::chrono::sys_seconds moment)
      : bundle_(bundle), connections_(std::move(connections)), moment_(moment) {}

  [[nodiscard]] io::Task<client::Connection> reach(
      const client::Target& target, std::vector<net::Endpoint> endpoints,
      client::TermsLookup terms, const client::Options& options) override;
  [[nodiscard]] std::chrono::sys_seconds moment() const override { return moment_; }

  /// The first thing that does not hold; connections that nobody has asked for, too.
  [[nodiscard]] std::optional<base::Error> complaint() const;

 private:
  client::Connection complain(std::string why);
  [[nodiscard]] bool knew(std::size_t handshake, const policy::DnsFacts& facts) const;

  const evidence::Bundle& bundle_;
  std::vector<ConnectionFacts> connections_;
  std::size_t next_ = 0;
  std::chrono::sys_seconds moment_;
  std::optional<base::Error> complaint_;
};

}  // namespace witness
