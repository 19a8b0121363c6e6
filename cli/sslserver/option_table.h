#pragma once

#include <span>
#include <vector>

#include "cli/options/ucspi_options.h"

namespace cli::sslserver {

/// The codes of the names, which no letter stands for, beside UcspiOption.
enum OptionCode : int {
  kClientPolicy = kBehindUcspiOptions,
  kClientService,
  kOwnTlsa,
  kChainFile,
  kChainLifetime,
  kPrefork,
};

/// The options of sslserver. Letters are those of ucspi-ssl; `-f` is for sslhandle alone.
[[nodiscard]] std::span<const Option> option_table();

/// Its whole command line.
[[nodiscard]] Syntax syntax();

/// The command line of sslprint, which runs it.
[[nodiscard]] std::vector<Syntax> small_programs();

}  // namespace cli::sslserver
