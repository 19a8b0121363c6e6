// resolver: what the DNS says, with its DNSSEC state, or an error.
//
// The way in is resolver.h (one question, one trustworthy answer) and host.h (what RFC
// 7672 2.2 asks about a host: addresses, base domain, TLSA records); tlsa_records.h asks
// for such records at one name. Every signature is checked in this process by
// libunbound, whoever answered, unless the user believes a resolver on this machine
// (stub.h). way.h says whom this process asks, direct.h asks one name server alone,
// rcode.h has the numbers of answers. A look-up that fails, times out or is bogus is an
// Error and never an empty answer. Not here: what follows from an answer; that is
// policy::decide.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "src/base/address.h"
#include "src/base/error.h"

namespace resolver {

/// Where questions are sent.
enum class Upstream {
  automatic,  ///< the loopback resolver of resolv.conf if there is one, else recursion
  recursion,  ///< from the root
  forward,    ///< to `Config::forwarders`
};

/// Who checks the signatures.
enum class Validation {
  here,      ///< this process
  upstream,  ///< the resolver on this machine that is asked; its AD bit is believed
};

/// Answers of another day are validated as on that day.
struct Replay {
  std::chrono::sys_seconds moment;  ///< after 1970, before 2106
  std::chrono::seconds least_skew;  ///< see `kBounds` in context.cpp
  std::chrono::seconds most_skew;
};

/// How to resolve; every field has an option and an environment variable.
struct Config {
  /// Trust anchors in zone-file form (DS or DNSKEY); empty: the root key of Debian's
  /// dns-root-data, unless `unbound_conf` has anchors of its own.
  std::string trust_anchor;
  /// An anchor file that is kept up to date by RFC 5011; empty for none.
  std::string auto_trust_anchor;
  Validation validation = Validation::here;
  Upstream upstream = Upstream::automatic;
  std::vector<std::string> forwarders;  ///< `ADDRESS` or `ADDRESS@PORT`
  /// A file in the syntax of unbound.conf, read by libunbound's own parser; empty: none.
  std::string unbound_conf;
  std::chrono::milliseconds deadline{10'000};  ///< for one look-up
  /// Where this process asks name servers by itself, from the root: none that is not of
  /// the Internet. Who is forwarded to has to see to that for himself.
  bool public_only = false;
  /// The resolver that is forwarded to has answers of that day and no others. No option
  /// sets this: a live answer is never judged by another date.
  std::optional<Replay> replay;
  bool busy = false;  ///< thousands of look-ups at once, rather than a few and an end
};

/// A resolver, as `ADDRESS` (port 53) or `ADDRESS@PORT`; nothing for another word.
[[nodiscard]] std::optional<net::Endpoint> server_of(std::string_view word);

/// Reads `resolv.conf`, `recursion`, or addresses with commas or spaces between them into
/// `config.upstream` and `config.forwarders`. Error kind `usage`, code `bad_forwarder`.
[[nodiscard]] base::Result<Config> with_forward(Config config, std::string_view words);

/// What a resolv.conf says about name servers.
struct ResolvConf {
  /// The name servers on loopback addresses, without the stub resolvers of systemd
  /// (127.0.0.53, 127.0.0.54), which alter what they pass on.
  std::vector<std::string> local;
  std::vector<std::string> others;  ///< that are not asked: beyond this machine, or such
};

/// Reads a file in the form of /etc/resolv.conf; one that is not there says nothing.
/// Error kind `temporary`, code `local`, for one that is there and cannot be read: what
/// it would have said is not known.
[[nodiscard]] base::Result<ResolvConf> read_resolv_conf(const std::string& path);

}  // namespace resolver
