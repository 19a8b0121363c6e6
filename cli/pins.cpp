#include "cli/pins.h"

#include <algorithm>

namespace cli {
namespace {

tl::unexpected<base::Error> usage(std::string what) {
  return base::fail(base::ErrorKind::usage, base::Code::usage, std::move(what));
}

}  // namespace

base::Result<void> check_pins(const policy::Demand& demand) {
  if (demand.pins.empty()) return {};
  if (!policy::wants_tlsa(demand.level)) {
    return usage("--record is not looked at with --policy " +
                 std::string(policy::to_text(demand.level)) +
                 ": dane, dane-only and dane+pkix are by records");
  }
  const bool has_store = demand.without_tlsa == policy::WithoutTlsa::pkix;
  if (!has_store &&
      std::ranges::any_of(demand.pins, dns::needs_trust_store, &dns::Tlsa::usage)) {
    return base::fail(base::ErrorKind::usage, base::Code::no_trust_store,
                      "--record of usage 0 or 1 needs a trust store: --ca FILE or "
                      "DIRECTORY");
  }
  return {};
}

}  // namespace cli
