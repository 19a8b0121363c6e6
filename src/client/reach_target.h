#pragma once

#include <string>
#include <vector>

#include "src/client/contact.h"
#include "src/client/report.h"

namespace client {

/// Which addresses of a target are tried.
enum class Addresses { all, ipv4, ipv6 };

/// All that is wanted of one connection.
struct Wanted {
  std::string word;  ///< the host as the user wrote it
  Target target;
  Addresses addresses = Addresses::all;
  policy::Demand demand;
  const verify::Roots* roots = nullptr;  ///< the trust store, where one is wanted
};

/// What came of it: the connection is good if the report has no error.
struct Reached {
  Report report;
  Connection connection;  ///< where the look-ups came to terms
};

/// The report before anything is known.
[[nodiscard]] Report empty_report(const Wanted& wanted);

/// The endpoints whose addresses are wanted. Error kind `temporary`, code `no_address`,
/// if none is.
[[nodiscard]] base::Result<std::vector<net::Endpoint>> wanted_endpoints(
    const Wanted& wanted, std::vector<net::Endpoint> all);

/// From a name to its proved peer: looks the addresses up, connects to the first that
/// answers, and meanwhile looks up what it must prove. A look-up that fails is the
/// error, whatever became of the connection, and nothing is told of that then. Resolver,
/// contact, and what is wanted must outlive it.
[[nodiscard]] io::Task<Reached> reach_target(resolver::Resolver& resolver,
                                             Contact& contact, const Wanted& wanted,
                                             const Options& options);

}  // namespace client
