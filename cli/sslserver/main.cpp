// sslserver: serves TLS, and runs a program on descriptors 0 and 1 for each client.

#include <cstdio>

#include "cli/library_environment.h"
#include "cli/sslserver/command_line.h"
#include "cli/sslserver/run.h"
#include "cli/start.h"
#include "src/base/bytes.h"

int main(int argc, char** argv) {
  cli::run_program("sslserver", [&] {
    const cli::sslserver::Variables variables(cli::whole_environment());
    const auto command = cli::sslserver::parse_command_line(argc, argv, variables);
    if (!command) {
      std::fprintf(stderr, "sslserver: fatal: %s\n",
                   base::printable(command.error().detail, base::kMessage).c_str());
      return base::exit_status(command.error().kind);
    }
    if (!command->options) {
      std::fputs(command->text.c_str(), stdout);
      return 0;
    }
    return cli::sslserver::run(*command->options, variables, cli::whole_environment());
  });
}
