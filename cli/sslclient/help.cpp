#include "cli/sslclient/help.h"

#include "cli/options/option_list.h"
#include "cli/sslclient/option_table.h"

namespace cli::sslclient {

std::string help() {
  return std::string(kUsage) +
         "\n\n"
         "Connects to host:port by TLS, proves the server by DANE (TLSA records in\n"
         "DNSSEC), and only then runs the program, which reads from the server on\n"
         "descriptor 6 and writes to it on descriptor 7. No CA is trusted unless -a or "
         "-A\n"
         "names it.\n\n" +
         option_list(option_table()) +
         "\nExit: the program's status; 100 for a wrong command line; 111 otherwise.\n";
}

}  // namespace cli::sslclient
