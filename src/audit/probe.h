#pragma once

#include "src/audit/common.h"
#include "src/audit/next_question.h"
#include "src/evidence/challenge.h"

namespace audit {

/// Asks one address of a host what `next_question` says, until that says no more. It
/// decides nothing: whoever answers is taken for what it is, and judged later.
class AddressProbe {
 public:
  /// `host` is what was seen of it before anybody connected; `cost` is shared by all
  /// addresses of the host. Both outlive the probe, as does `out`, whose address is set.
  AddressProbe(io::Loop& loop, Common& common, const HostSeen& host, HostCost& cost,
               AddressSeen& out);

  /// Has whoever is asked sign behind what this knows; it must outlive the probe.
  void challenge(const evidence::Challenger* challenger) { challenger_ = challenger; }

  /// Connects as a delivery would, up to where a message could be handed over. Refusals
  /// for now are tried again, politely. Once the addresses of the host have shown a MiB
  /// of certificates, the usual error at each other one that shows some has code
  /// `too_much`. What is not asked since the address, or its whole host, takes too long
  /// is in `left_alone`; where nothing was asked for that reason, the error has code
  /// `too_slow`.
  [[nodiscard]] io::Task<void> run();

 private:
  struct Attempt;
  struct Way;

  [[nodiscard]] Way way(How how) const;
  io::Task<void> ask(Question question);
  io::Task<Attempt> converse(const Way& way);
  io::Task<Attempt> converse_in_turn(const Way& way);
  void leave_alone(const Silence& why, How how);
  void count_chain(Shown& shown);

  io::Loop& loop_;
  Common& common_;
  const HostSeen& host_;
  policy::Requirement requirement_;
  HostCost& cost_;
  AddressSeen& out_;
  const evidence::Challenger* challenger_ = nullptr;
};

}  // namespace audit
