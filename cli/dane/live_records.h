#pragma once

#include "cli/dane/command.h"
#include "cli/dane/owner.h"
#include "src/client/lookup.h"

namespace cli::dane {

/// The TLSA records of an owner's host and port as the DNS has them now, and what a
/// client of that host requires by them and `demand`; resolved as the command line says.
/// An error within is that of the look-up; its detail says who was asked if nobody
/// answered. Errors: a resolver that cannot be made of the options.
[[nodiscard]] base::Result<client::Lookup> look_up_now(const Arguments& arguments,
                                                       const Owner& owner,
                                                       const policy::Demand& demand);

}  // namespace cli::dane
