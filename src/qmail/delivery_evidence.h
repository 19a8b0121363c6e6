#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/evidence/evidence_files.h"
#include "src/qmail/control.h"
#include "src/qmail/delivery_about.h"
#include "src/qmail/delivery_verdict.h"
#include "src/qmail/job.h"
#include "src/qmail/report.h"
#include "src/witness/witness.h"

namespace qmail {

/// The evidence of one delivery (control/evidence). It fails nothing and holds nobody
/// back for long: what cannot be kept is not kept, and a line of the report says so.
class DeliveryEvidence final : public client::Contact {
 public:
  /// The folder that control/evidence names; nothing without that file. Error code
  /// `control`.
  [[nodiscard]] static base::Result<std::optional<std::string>> folder_of(
      const Control& control, const std::string& home);

  /// Loop, resolver and job must outlive it; `past_caches` is a resolver that has heard
  /// nothing.
  DeliveryEvidence(io::Loop& loop, resolver::Resolver& resolver,
                   std::unique_ptr<resolver::Resolver> past_caches, const Job& job,
                   std::string maker, const std::string& folder);

  /// Whom the delivery asks.
  [[nodiscard]] resolver::Resolver& resolver() { return witness_.resolver(); }
  /// Says what the next connection is for. The approach must outlive it.
  void begin(const Approach& approach) { approach_ = &approach; }
  [[nodiscard]] io::Task<client::Connection> reach(
      const client::Target& target, std::vector<net::Endpoint> endpoints,
      client::TermsLookup terms, const client::Options& options) override;
  [[nodiscard]] std::chrono::sys_seconds moment() const override {
    return witness_.moment();
  }

  /// Why it cannot be written, as a line for the log; empty if it can be.
  [[nodiscard]] std::string trouble() const;
  /// Writes it, once the report was told. `relay` is what control/smtproutes says.
  void write(const std::optional<SmtpRoute>& relay, const Report& report);

 private:
  [[nodiscard]] std::string name() const;
  io::Task<bool> complete();
  io::Task<bool> ask_again();
  [[nodiscard]] bool accuses() const;
  io::Task<base::Result<Route>> route();

  io::Loop& loop_;
  const Job& job_;
  std::string maker_;
  witness::Witness witness_;
  base::Result<evidence::EvidenceFiles> files_;
  const Approach* approach_ = nullptr;
  DeliveryAbout about_;
  std::vector<SaidOfTry> tries_;
};

}  // namespace qmail
