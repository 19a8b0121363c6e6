#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/dane/command.h"
#include "src/base/starttls.h"
#include "src/client/flow.h"
#include "verify/roots.h"

namespace cli::dane {

inline constexpr std::string_view kCheckUsage = "usage: dane check [OPTIONS] HOST [PORT]";

/// Which addresses are tried.
enum class Addresses { all, ipv4, ipv6 };

/// All that is wanted of a check.
struct CheckJob {
  std::string word;
  client::Target target;
  Addresses addresses = Addresses::all;
  policy::Demand demand;
  client::Options options;
  std::optional<starttls::Protocol> starttls;
  std::optional<verify::Roots> roots;
  bool first_alone = false;  ///< the first address that answers, not all of them
  bool every = false;        ///< one that is not reached counts
  bool verbose = false;

  [[nodiscard]] const verify::Roots* store() const { return roots ? &*roots : nullptr; }
};

/// What the command line of `dane check` asks for. Error kind `usage`; a policy that
/// needs a trust store is refused without `--roots`, and `--roots` lets PKIX prove a peer
/// that has no TLSA records.
[[nodiscard]] base::Result<CheckJob> check_job(const Arguments& arguments);

}  // namespace cli::dane
