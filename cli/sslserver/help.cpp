#include "cli/options/option_list.h"
#include "cli/sslserver/command_line.h"
#include "cli/sslserver/option_table.h"

namespace cli::sslserver {

std::string help() {
  return std::string(kUsage) +
         "\n\n"
         "Serves TLS on host (0: all of IPv4, :0: all of IPv6 and IPv4) and port, and "
         "runs\n"
         "the program for each client, which has the client on descriptors 0 and 1. The\n"
         "certificate and its key are in the files that CERTFILE and KEYFILE name.\n\n" +
         option_list(option_table()) +
         "\n"
         "Variables, which a rule may set too: CERTFILE, CERTCHAINFILE, KEYFILE\n"
         "(files with `:` between them: RSA and ECDSA side by side), CERTDIR (a set for\n"
         "each server name), CIPHERS, ALPN, CCAFILE, CAFILE, CADIR, CRLFILE, CCAVERIFY,\n"
         "CLIENTKEYS, VERIFYDEPTH, MAXCONIP, SSL_UID, SSL_GID, SSL_USER, SSL_GROUP,\n"
         "SSL_CHROOT.\n\n"
         "SIGHUP: read certificates, keys and rules again. SIGTERM: end; connections\n"
         "that stand go on.\n\n"
         "Exit: 0 after SIGTERM; 100 for a wrong command line; 111 otherwise.\n";
}

}  // namespace cli::sslserver
