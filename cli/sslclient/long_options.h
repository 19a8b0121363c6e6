#pragma once

#include "cli/options/ucspi_options.h"
#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// The codes of the names that no letter stands for, beside UcspiOption.
enum LongOption : int {
  kPolicy = kBehindUcspiOptions,
  kSni,
  kName,
  kStarttls,
  kJson,
  kEvidence,
  kRecord,
  kCa,
  kChainExtension,
  kChainPins,
  kSource,
  kTimeout,
  kCommonName,
  kDaneEeNames,
  kDropStatus,
  kWholeEnvironment,
};

/// Sets what such a name stands for; nullptr for one without a value. Not for --help,
/// --version, --completion and --library-environment, which set nothing. Error kind
/// `usage`.
[[nodiscard]] base::Result<void> apply_long_option(int code, const char* argument,
                                                   Draft& draft);

}  // namespace cli::sslclient
