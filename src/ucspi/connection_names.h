#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "resolver/resolver.h"
#include "src/ucspi/environment.h"

namespace ucspi {

/// Which names of a connection are asked for.
struct WantedNames {
  std::optional<std::string> local_host;  ///< known already; else it is looked up
  bool remote_host = true;
  /// A host name of the peer's counts only if the address is one of that name's.
  bool confirmed_by_addresses = false;
  bool remote_info = false;  ///< by IDENT
  std::chrono::seconds ident_limit{26};

  /// Whether anybody has to be asked.
  [[nodiscard]] bool are_asked_for() const {
    return !local_host || remote_host || remote_info;
  }
};

/// Learns the host names of a connection's two ends and the peer's IDENT, while something
/// else goes on on the loop if need be. A name that is no host name is taken for none: it
/// is the word of whoever owns the reverse zone, and scripts print it.
class NameLearner {
 public:
  /// Both must outlive the learner, and the learner a talk that it has started.
  NameLearner(io::Loop& loop, resolver::Resolver& resolver, WantedNames wanted)
      : loop_(loop), resolver_(resolver), wanted_(std::move(wanted)) {}

  /// Fills in what is wanted and can be learned: `names` and all that was found out.
  [[nodiscard]] io::Task<ConnectionNames> learn(ConnectionNames names);
  /// Begins to learn.
  void start(const ConnectionNames& names);
  /// Waits for what was begun.
  [[nodiscard]] io::Task<ConnectionNames> finish();

 private:
  io::Task<std::optional<std::string>> host_of(net::Address address);
  io::Task<bool> leads_back(std::string name, net::Address address);

  io::Loop& loop_;
  resolver::Resolver& resolver_;
  WantedNames wanted_;
  std::optional<ConnectionNames> learned_;
  io::Timer learned_all_{loop_, io::TimePoint::max()};
};

}  // namespace ucspi
