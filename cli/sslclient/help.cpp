#include "cli/sslclient/help.h"

#include "src/base/starttls.h"

namespace cli::sslclient {

std::string help() {
  return std::string(kUsage) +
         "\n\n"
         "Connects to host:port by TLS, proves the server by DANE (TLSA records in\n"
         "DNSSEC), and only then runs the program, which reads from the server on\n"
         "descriptor 6 and writes to it on descriptor 7. No CA is trusted unless -a or "
         "-A\n"
         "names it.\n\n"
         "  --policy LEVEL       none, may, encrypt, dane (default), dane-only, pkix,\n"
         "                       dane+pkix\n"
         "  --starttls PROTOCOL  one of\n    " +
         starttls::protocol_words() +
         "\n"
         "  --record RECORD      a TLSA record, in place of those of the DNS: "
         "'U S M HEX'\n"
         "                       or a line of a zone file (repeatable)\n"
         "  --name NAME          the server's name, in place of host (repeatable)\n"
         "  --sni NAME           the server name in the hello\n"
         "  --common-name WHEN   never, smtp (default), always: names of old "
         "certificates\n"
         "  --dane-ee-names      compare names under usage 3 too\n"
         "  --json[=FILE|FD]     the verdict as JSON, on standard error, which then has\n"
         "                       nothing else, or in FILE or on descriptor FD\n"
         "  --allow-truncation   an end without close_notify is no error\n"
         "  --drop-status N      exit status for a server not reached or not proved "
         "(111)\n"
         "  --trust-anchor FILE  DNSSEC trust anchor (default: Debian's root key)\n"
         "  --auto-trust-anchor FILE  one kept up to date by RFC 5011\n"
         "  --forward WHERE      addresses, `resolv.conf` or `recursion`\n"
         "  --unbound-conf FILE  settings for libunbound\n"
         "  --dns-timeout SECS   for one look-up (10; 1.5 is possible)\n"
         "  --library-environment  as first word: libraries see the environment\n"
         "  --ca PATH            as -a or -A; --cert FILE: -c; --key FILE: -k;\n"
         "                       --source IP: -i; --timeout SECS (1.5): -T SECS+0\n"
         "  -a FILE, -A DIR      trust store for PKIX, where there are no TLSA records\n"
         "  -c FILE, -k FILE     own certificate and key; -3, -K FILE: the key's "
         "password\n"
         "  -x/-X verify or not   -n/-N compare names or not   -V N most intermediates "
         "(1)\n"
         "  -C LIST, -z LIST     cipher list\n"
         "  -T X+Y, -t N, -w N   time-outs: connect (2+58), IDENT (26), idle (3600)\n"
         "  -i IP, -I IF, -p N   local address, interface and port; -4/-6 IPv4 only or "
         "not\n"
         "  -h/-H, -r/-R, -l NAME  reverse look-up, IDENT, own host name\n"
         "  -s/-S, -e/-E         SSL_* variables, TCP* copies;  -m/-M send the name or "
         "not\n"
         "  -d/-D                Nagle's algorithm on or off\n"
         "  -y/-Y, -j/-J         delayed TLS; hang up after own close or read on\n"
         "  -q/-Q/-v             say nothing, errors, everything\n\n"
         "Exit: the program's status; 100 for a wrong command line; 111 otherwise.\n";
}

}  // namespace cli::sslclient
