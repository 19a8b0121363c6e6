#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "cli/dane/check_contact.h"
#include "cli/dane/connection_facts.h"
#include "resolver/resolver.h"
#include "src/client/wall_clock.h"
#include "src/evidence/bundle.h"
#include "src/evidence/chain.h"
#include "src/evidence/challenge.h"
#include "src/evidence/trail.h"

namespace cli::dane {

/// A connection that was witnessed. Its chains stand in the handshakes where they were
/// signed, and else in the facts.
struct Witnessed {
  ConnectionFacts facts;
  std::vector<std::optional<evidence::Handshake>> handshakes;  ///< of each try
  std::shared_ptr<const evidence::Trail> committed;  ///< what was known before them
};

/// Connects over the network, and keeps what proves to others what a check saw: the
/// answers of its resolver, and handshakes whose randoms commit to them.
class Witness final : public CheckContact {
 public:
  /// The resolver must validate, and outlive it as the loop must.
  Witness(io::Loop& loop, resolver::Resolver& resolver);

  /// Whose answers are kept: the check asks it.
  [[nodiscard]] resolver::Resolver& resolver() { return through_; }
  [[nodiscard]] io::Task<client::Connection> reach(
      const CheckJob& job, std::vector<net::Endpoint> endpoints,
      client::TermsLookup terms, const client::Options& options) override;
  [[nodiscard]] std::chrono::sys_seconds moment() const override { return moment_; }

  /// Asks for what is missing to prove the answers.
  [[nodiscard]] io::Task<void> complete();
  /// What was told so far.
  [[nodiscard]] const evidence::Trail& trail() const { return trail_; }
  [[nodiscard]] const std::vector<Witnessed>& connections() const { return connections_; }

 private:
  /// Hellos by their randoms.
  using Begun = std::vector<std::pair<tls::Random, evidence::Handshake>>;

  io::Task<base::Result<client::Terms>> prove_terms(
      const client::TermsLookup& look_up, std::optional<evidence::Challenger>& challenger,
      Witnessed& out);
  void keep(const client::Connection& connection, const Begun& begun, Witnessed out);

  io::Loop& loop_;
  resolver::Resolver& plain_;
  evidence::Trail trail_;
  evidence::ChainBook book_;
  resolver::Resolver through_;
  std::chrono::sys_seconds moment_ = client::wall_clock();
  std::vector<Witnessed> connections_;
};

}  // namespace cli::dane
