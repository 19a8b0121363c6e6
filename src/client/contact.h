#pragma once

#include <chrono>
#include <vector>

#include "src/client/flow.h"
#include "src/client/target.h"

namespace client {

/// Who connects for a program, and by which clock peers are judged: over the network
/// (live_contact.h), with a witness of what was met, or by what was written down on
/// another day (both in src/witness).
class Contact {
 public:
  Contact() = default;
  virtual ~Contact() = default;
  Contact(const Contact&) = delete;
  Contact& operator=(const Contact&) = delete;

  /// One connection to this target, as `client::reach` makes it. Target and options must
  /// outlive the task.
  [[nodiscard]] virtual io::Task<Connection> reach(const Target& target,
                                                   std::vector<net::Endpoint> endpoints,
                                                   TermsLookup terms,
                                                   const Options& options) = 0;
  /// By which this is told to people. Who keeps or shows evidence judges every peer by
  /// it, whatever the options say.
  [[nodiscard]] virtual std::chrono::sys_seconds moment() const = 0;
};

}  // namespace client
