#pragma once

#include <getopt.h>

#include <span>

#include "cli/resolver_options.h"
#include "cli/sslclient/options.h"

namespace cli::sslclient {

/// What getopt_long returns for the words with two hyphens, beside ResolverOption.
enum LongOption : int {
  kPolicy = kBehindResolverOptions,
  kSni,
  kName,
  kStarttls,
  kJson,
  kRecord,
  kCa,
  kCert,
  kKey,
  kSource,
  kTimeout,
  kCommonName,
  kDaneEeNames,
  kAllowTruncation,
  kDropStatus,
  kWholeEnvironment,
  kHelp,
  kVersion,
};

/// The words themselves, as getopt_long has them. Those that a letter has too are what
/// `dane` has for the same thing.
[[nodiscard]] std::span<const option> long_options();

/// Sets what a word with two hyphens stands for; nullptr for a word without argument. Not
/// for --help, --version and --library-environment, which set nothing. Error kind
/// `usage`.
[[nodiscard]] base::Result<void> apply_long_option(int code, const char* argument,
                                                   Draft& draft);

}  // namespace cli::sslclient
