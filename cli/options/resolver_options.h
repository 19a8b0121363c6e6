#pragma once

#include <span>
#include <string_view>

#include "cli/options/option.h"
#include "cli/options/option_reader.h"
#include "resolver/config.h"
#include "src/base/error.h"

namespace cli {

/// The codes of the options that say how to resolve; a program's own come behind them.
enum ResolverOption : int {
  kTrustAnchor = kFirstCode,
  kAutoTrustAnchor,
  kForward,
  kUnboundConf,
  kDnsTimeout,
  kBehindResolverOptions,
};

/// These options, for the table of a program.
[[nodiscard]] std::span<const Option> resolver_options();

/// Sets what one of them stands for. Error kind `usage`; its line names the option.
[[nodiscard]] base::Result<void> apply_resolver_option(int code, std::string_view word,
                                                       resolver::Config& config);

}  // namespace cli
