// Facts made by hand for the audit's judgement.
#pragma once

#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/audit/host_findings.h"
#include "src/audit/judge.h"
#include "tests/support/names.h"
#include "tests/support/peers.h"

namespace audit::testing {

using support::kDay;
using support::kNow;
using support::record;
using verify::Certificates;

inline constexpr const char* kHost = "mail.example.org";

using support::name;

/// Another record of DANE-EE, of no key that is shown.
[[nodiscard]] inline dns::Tlsa stranger(std::uint8_t usage = 3) {
  return {usage, 1, 1, base::Bytes(32, std::byte{0x55})};
}

/// A host with secure addresses and these records.
[[nodiscard]] inline HostSeen host_with(std::vector<dns::Tlsa> records,
                                        std::string_view host_name = kHost) {
  HostSeen out;
  out.name = name(host_name);
  out.host.security = dns::Security::secure;
  out.tlsa.state = policy::TlsaState::present;
  out.tlsa.owner = out.name.tlsa_owner(25, "tcp").value();
  out.tlsa.records = std::move(records);
  out.tlsa.names = {out.name};
  return out;
}

/// A host that the DNS denies records of.
[[nodiscard]] inline HostSeen host_without(policy::TlsaState state) {
  HostSeen out = host_with({});
  out.tlsa.state = state;
  return out;
}

[[nodiscard]] inline net::Address address(unsigned last) {
  return net::parse_address("192.0.2." + std::to_string(last)).value();
}

/// A conversation that shows this chain.
[[nodiscard]] inline Shown shown(How how, verify::Chain chain) {
  Shown out;
  out.how = how;
  out.connected = true;
  out.tls_began = true;
  out.session.emplace();
  out.session->protocol = "TLSv1.3";
  out.chain = std::move(chain);
  return out;
}

/// A conversation that came to no TLS session.
[[nodiscard]] inline Shown failed(How how, base::Code code, int reply = 0) {
  Shown out;
  out.how = how;
  out.connected = code != base::Code::connect && code != base::Code::too_slow;
  out.error = base::Error{base::ErrorKind::temporary, code, "so it is"};
  out.rejection.code = reply;
  return out;
}

/// A conversation that came to no TLS session although its handshake was begun.
[[nodiscard]] inline Shown broken_off(How how, base::Code code) {
  Shown out = failed(how, code);
  out.tls_began = true;
  return out;
}

/// An address that answers so, the usual conversation first.
[[nodiscard]] inline AddressSeen answers(std::vector<Shown> all, unsigned last = 1) {
  AddressSeen out;
  out.address = address(last);
  for (Shown& one : all) add_shown(out, std::move(one));
  return out;
}

/// An address that shows this chain.
[[nodiscard]] inline AddressSeen shows(Certificates chain, unsigned last = 1) {
  return answers({shown(How::usual, std::move(chain))}, last);
}

/// An address that came to no TLS session.
[[nodiscard]] inline AddressSeen fails(base::Code code, int reply = 0) {
  return answers({failed(How::usual, code, reply)}, 9);
}

[[nodiscard]] inline base::Error error(base::Code code) {
  return {base::ErrorKind::temporary, code, "so it is"};
}

/// An address that was left alone before anybody connected.
[[nodiscard]] inline AddressSeen left_alone() {
  AddressSeen out = fails(base::Code::too_slow);
  out.left_alone = error(base::Code::too_slow);
  return out;
}

[[nodiscard]] inline HostSeen with(HostSeen host, std::vector<AddressSeen> addresses) {
  host.addresses = std::move(addresses);
  return host;
}

/// The words of the findings, each as often as it is there.
[[nodiscard]] inline std::multiset<std::string> words(
    const std::vector<Finding>& findings) {
  std::multiset<std::string> out;
  for (const Finding& finding : findings) out.emplace(kind_of(finding.code).word);
  return out;
}

using Words = std::multiset<std::string>;

/// All that holds of a host whatever domain uses it.
[[nodiscard]] inline Words words_of(const HostSeen& host) {
  return words(judge(host, kNow, nullptr).findings);
}

/// A domain with these hosts, each judged, behind secure MX records.
[[nodiscard]] inline DomainSeen domain_of(const std::vector<HostSeen>& hosts,
                                          const verify::Roots* roots = nullptr) {
  DomainSeen out;
  out.domain = name("example.org");
  out.mx.security = dns::Security::secure;
  out.mx.from_mx = true;
  out.mx.domains = {out.domain};
  for (const HostSeen& host : hosts) {
    out.mx.hosts.push_back({host.name, 10});
    out.mx.published.push_back({10, host.name});
    out.hosts.push_back(
        std::make_shared<const HostAudit>(HostAudit{host, judge(host, kNow, roots)}));
  }
  return out;
}

}  // namespace audit::testing
