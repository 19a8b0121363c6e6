#include "cli/dane/audit_options.h"

#include "cli/dane/resolving.h"

namespace cli::dane {
namespace {

using Table = std::vector<Option>;

Table input_options() {
  return {{.name = "file",
           .letter = 'f',
           .value = {"FILE", WordKind::file},
           .help = "domains from FILE, one a line, # comments; - is standard input",
           .section = "Input"},
          {.name = "column",
           .value = {"N"},
           .help = "the domain stands in column N of lines with commas between them"}};
}

Table output_options() {
  return {
      {.name = "verbose",
       .letter = 'v',
       .help = "every domain in full, every record and certificate",
       .section = "Output"},
      {.name = "summary", .help = "what all of them add up to, and nothing of each"},
      {.name = "only",
       .value = {"GRADE,...",
                 WordKind::text,
                 {"broken", "partial", "undecided", "not-deployed", "enforced",
                  "bad-input"}},
       .help = "only domains of these grades: broken,partial"},
      {.name = "csv", .help = "comma-separated values, a line for each domain"},
      json_option("a JSON object a line for each domain"),
      {.name = "output",
       .letter = 'o',
       .value = {"FILE", WordKind::file},
       .help = "lines of JSON into FILE, which must be new or empty"},
      {.name = "resume", .help = "go on where FILE ends"},
      {.name = "overwrite", .help = "begin FILE anew"},
      {.name = "html",
       .value = {"FILE", WordKind::file},
       .help = "one page with everything in it"},
      {.name = "evidence",
       .value = {"PATH", WordKind::file},
       .help = "what each verdict was made of, for dane replay: a file, or a folder for "
               "several domains, or a store of runs, STORE.sqlite"},
      {.name = "evidence-stamp",
       .value = {"URL"},
       .repeatable = true,
       .help = "ask that time-stamp authority (RFC 3161, http) to witness the run of a "
               "store"},
      {.name = "sqlite", .value = {"FILE", WordKind::file}, .help = "a database"},
      {.name = "prometheus",
       .value = {"FILE", WordKind::file},
       .help = "for the node exporter's textfile collector"},
      {.name = "nagios", .help = "one line, as a plug-in"},
      {.name = "warn-days",
       .value = {"N"},
       .help = "WARNING for a certificate that ends within N days (7)"},
      {.name = "critical-days",
       .value = {"N"},
       .help = "CRITICAL for one that ends within N days (2)"},
      {.name = "watch", .value = {"SPAN"}, .help = "again and again (1h), changes only"},
      {.name = "exec",
       .value = {"COMMAND"},
       .help = "for each change, by sh, the change on its standard input"},
      {.name = "catalogue", .help = "all that can be found, and what it means"},
      {.name = "no-progress", .help = "no progress line on a terminal"}};
}

Table connection_options() {
  return {
      {.name = "probe",
       .value = {"WHICH", WordKind::one_of, {"none", "dane", "all"}},
       .help = "mail servers that are connected to (dane, those with TLSA)",
       .section = "Connections"},
      {.name = "quick",
       .help = "only what a delivery asks for: no MTA-STS, no TLSRPT, no keys of "
               "zones, no single name server, one connection an address"},
      {.name = "ca",
       .value = {"PATH", WordKind::file},
       .help = "fetch MTA-STS policies too; the trust store that proves their hosts, "
               "a file or a directory"},
      {.name = "mta-sts-ca", .value = {"PATH", WordKind::file}, .same_as = "ca"},
      {.name = "roots", .value = {"PATH", WordKind::file}, .same_as = "ca"},
      {.name = "no-private-addresses",
       .help = "connect to no address of private networks, this machine or another "
               "special use: for a service that others ask"},
      {.name = "helo", .value = {"NAME"}, .help = "what we call ourselves (this host)"},
      {.name = "ipv4", .letter = '4', .help = "connect to IPv4 addresses alone"},
      {.name = "ipv6", .letter = '6', .help = "connect to IPv6 addresses alone"},
      {.name = "source", .value = {"ADDRESS"}, .help = "where connections come from"},
      {.name = "timeout",
       .value = {"N"},
       .help = "seconds (1.5 is possible) to connect, and for each reply (10, 30)"},
      {.name = "retries",
       .value = {"N"},
       .help = "after a refusal for now, or what may be an accident (1)"},
      {.name = "retry-wait", .value = {"N"}, .help = "seconds before each (20)"}};
}

Table limit_options() {
  return {
      {.name = "parallel",
       .value = {"N"},
       .help = "domains in flight (1000)",
       .section = "Limits"},
      {.name = "threads", .value = {"N"}, .help = "loops (one for each core)"},
      {.name = "per-address",
       .value = {"N"},
       .help = "connections at once to an address (2)"},
      {.name = "per-network",
       .value = {"N"},
       .help = "connections at once to an IPv4 /24 or IPv6 /48 (20)"},
      {.name = "rate", .value = {"N"}, .help = "connections begun in a second (200)"}};
}

}  // namespace

Table audit_options() {
  Table out;
  for (const Table& part :
       {input_options(), output_options(), connection_options(), limit_options()}) {
    out.insert(out.end(), part.begin(), part.end());
  }
  out = with_resolver_options(std::move(out));
  out.push_back({.name = "trust-ad",
                 .help = "believe the AD bit of the resolver on this machine (faster)"});
  return out;
}

}  // namespace cli::dane
