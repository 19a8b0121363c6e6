// The option tables of all programs, for tests of what holds everywhere.
#pragma once

#include <string>
#include <vector>

#include "cli/dane/command.h"
#include "cli/sslclient/option_table.h"
#include "cli/sslserver/option_table.h"

namespace cli::testing {

struct ProgramTable {
  std::string page;  ///< the manual page, without its section: `dane-audit`
  std::vector<Option> options;
  Order order = Order::anywhere;
};

[[nodiscard]] inline std::vector<ProgramTable> program_tables() {
  const auto client = sslclient::option_table();
  const auto server = sslserver::option_table();
  const auto own = dane::own_options();
  std::vector<ProgramTable> out = {
      {"sslclient", {client.begin(), client.end()}, Order::before_words},
      {"sslserver", {server.begin(), server.end()}, Order::before_words},
      {"dane", {own.begin(), own.end()}, Order::before_words}};
  for (const dane::Command* command : dane::commands()) {
    out.push_back({"dane-" + std::string(command->name), dane::options_of(*command)});
  }
  return out;
}

}  // namespace cli::testing
