#pragma once

#include "resolver/config.h"

namespace resolver {

/// Which servers a configuration leads to.
struct Way {
  enum class Kind {
    recursion,      ///< those of each zone, from the root on
    forward,        ///< `servers`, as the user names them
    resolv_conf,    ///< `servers`, on this machine, as /etc/resolv.conf names them
    configuration,  ///< as the user's unbound.conf has it
  };
  Kind kind = Kind::recursion;
  std::vector<std::string> servers;
  std::vector<std::string> passed_over;  ///< that resolv.conf names and nobody asks
};

/// Reads `resolv_conf` where the configuration leaves the choice to it. Errors: those of
/// read_resolv_conf.
[[nodiscard]] base::Result<Way> way_of(const Config& config,
                                       const std::string& resolv_conf);
/// By /etc/resolv.conf.
[[nodiscard]] base::Result<Way> way_of(const Config& config);

/// One or two sentences for whoever sees look-ups fail: who was asked, why, and what may
/// help. `setting` is where the user names other resolvers: `--forward`.
[[nodiscard]] std::string advice(const Way& way, std::string_view setting);

/// Whether an error is that of a look-up that nobody answered as it should be, so that
/// another resolver might; not `bogus`, which each of them would find.
[[nodiscard]] bool is_unanswered(const base::Error& error);

}  // namespace resolver
