// sslclient: proves a TLS peer by DANE, then runs a program on descriptors 6 and 7.

#include <unistd.h>

#include <cstdio>

#include "cli/sslclient/command_line.h"
#include "cli/sslclient/run.h"
#include "cli/start.h"
#include "src/base/bytes.h"
#include "src/ucspi/child.h"

int main(int argc, char** argv) {
  cli::run_program("sslclient", [&] {
    close(ucspi::kClientDescriptors.read);
    close(ucspi::kClientDescriptors.write);
    const auto command = cli::sslclient::parse_command_line(argc, argv);
    if (!command) {
      std::fprintf(stderr, "sslclient: fatal: %s\n",
                   base::printable(command.error().detail, base::kMessage).c_str());
      return base::exit_status(command.error().kind);
    }
    if (!command->options) {
      std::fputs(command->text.c_str(), stdout);
      return 0;
    }
    return cli::sslclient::run(*command->options);
  });
}
