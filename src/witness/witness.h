// src/witness: connections that leave evidence behind, and are judged again by it.
//
// witness.h connects and keeps what proves it to others; connection_facts.h is what was
// met beside what is signed, connection_bundle.h makes a bundle of both and takes it
// apart again, and recorded_contact.h meets on another day what stands in it.
// connect_evidence.h is for a program that makes one connection: connect_bundle.h is its
// bundle, demand_json.h what it demanded; trust_shelf.h is for whoever judges by a trust
// store on another day. Not here: what follows from an answer or a handshake
// (src/client); the form of bundles, and whether they hold (src/evidence).
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "resolver/resolver.h"
#include "src/client/contact.h"
#include "src/client/wall_clock.h"
#include "src/evidence/again.h"
#include "src/evidence/bundle.h"
#include "src/evidence/chain.h"
#include "src/evidence/challenge.h"
#include "src/evidence/trail.h"
#include "src/witness/connection_facts.h"

namespace witness {

/// A connection that was witnessed. Its chains stand in the handshakes where they were
/// signed, and else in the facts.
struct Witnessed {
  ConnectionFacts facts;
  std::vector<std::optional<evidence::Handshake>> handshakes;  ///< of each try
  std::shared_ptr<const evidence::Trail> committed;  ///< what was known before them
};

/// Connects over the network, and keeps what proves to others what was met: the answers
/// of its resolver, and handshakes whose randoms commit to them.
class Witness final : public client::Contact {
 public:
  /// The resolver must validate, and outlive it as the loop must. `past_caches` has heard
  /// nothing, and is asked for accusations alone; null where there is none.
  Witness(io::Loop& loop, resolver::Resolver& resolver,
          std::unique_ptr<resolver::Resolver> past_caches);

  /// Whose answers are kept: whoever is witnessed asks it.
  [[nodiscard]] resolver::Resolver& resolver() { return through_; }
  [[nodiscard]] io::Task<client::Connection> reach(
      const client::Target& target, std::vector<net::Endpoint> endpoints,
      client::TermsLookup terms, const client::Options& options) override;
  [[nodiscard]] std::chrono::sys_seconds moment() const override { return moment_; }

  /// Asks for what is missing to prove the answers that there are now.
  [[nodiscard]] io::Task<void> complete();
  /// For a verdict that accuses a server: asks again for what leads to it and for its
  /// TLSA records, of a resolver without a cache. As that of the first answers had none
  /// either, both are what the zone said, before the handshake and behind it. What has
  /// changed meanwhile is not kept: then nothing rules out that the records were old.
  [[nodiscard]] io::Task<void> ask_again();
  /// What came of that.
  [[nodiscard]] const std::vector<evidence::TrailAgain>& again() const { return again_; }
  /// What was told up to then, and what proves it.
  [[nodiscard]] const evidence::Trail& trail() const { return proved_; }
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
  evidence::Trail trail_;   // of whoever is witnessed, who may go on asking meanwhile
  evidence::Trail proved_;  // as it was completed last
  evidence::ChainBook book_;
  resolver::Resolver through_;
  std::chrono::sys_seconds moment_ = client::wall_clock();
  std::vector<Witnessed> connections_;
  std::unique_ptr<resolver::Resolver> past_caches_;
  std::vector<evidence::TrailAgain> again_;
};

}  // namespace witness
