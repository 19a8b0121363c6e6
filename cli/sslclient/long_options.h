#pragma once

#include "cli/options/resolver_options.h"
#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// The codes of the names that no letter stands for, beside ResolverOption.
enum LongOption : int {
  kPolicy = kBehindResolverOptions,
  kSni,
  kName,
  kStarttls,
  kJson,
  kRecord,
  kCa,
  kSource,
  kTimeout,
  kCommonName,
  kDaneEeNames,
  kAllowTruncation,
  kDropStatus,
  kWholeEnvironment,
  kHelp,
  kVersion,
  kCompletion,
};

/// Sets what such a name stands for; nullptr for one without a value. Not for --help,
/// --version, --completion and --library-environment, which set nothing. Error kind
/// `usage`.
[[nodiscard]] base::Result<void> apply_long_option(int code, const char* argument,
                                                   Draft& draft);

}  // namespace cli::sslclient
