#pragma once

#include <string_view>

#include "cli/option_words.h"
#include "resolver/config.h"
#include "src/base/error.h"

namespace cli {

/// What getopt_long returns for the words that say how to resolve; a program's own come
/// behind them.
enum ResolverOption : int {
  kTrustAnchor = kFirstLongOption,
  kAutoTrustAnchor,
  kForward,
  kUnboundConf,
  kDnsTimeout,
  kBehindResolverOptions,
};

/// Sets what one of them stands for. Error kind `usage`; its line names the option.
[[nodiscard]] base::Result<void> apply_resolver_option(int code, std::string_view word,
                                                       resolver::Config& config);

}  // namespace cli
