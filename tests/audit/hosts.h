// Facts made by hand for the audit's judgement.
#pragma once

#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/audit/host_findings.h"
#include "src/audit/judge.h"
#include "tests/support/codes.h"
#include "tests/support/peers.h"

namespace audit::testing {

using support::kDay;
using support::kNow;
using support::record;
using verify::Certificates;

inline constexpr const char* kHost = "mail.example.org";

[[nodiscard]] inline dns::Name name(std::string_view text) {
  return dns::Name::parse(text).value();
}

/// Another record of DANE-EE, of no key that is shown.
[[nodiscard]] inline dns::Tlsa stranger(std::uint8_t usage = 3) {
  return {usage, 1, 1, base::Bytes(32, std::byte{0x55})};
}

/// A host with secure addresses and these records.
[[nodiscard]] inline HostFacts host_with(std::vector<dns::Tlsa> records,
                                         std::string_view host_name = kHost) {
  HostFacts out;
  out.name = name(host_name);
  out.host.security = dns::Security::secure;
  out.tlsa.state = policy::TlsaState::present;
  out.tlsa.owner = out.name.tlsa_owner(25, "tcp").value();
  out.tlsa.records = records;
  out.tlsa.names = {out.name};
  out.requirement = support::mail(std::move(records), host_name);
  return out;
}

/// A host that the DNS denies records of.
[[nodiscard]] inline HostFacts host_without(policy::TlsaState state) {
  HostFacts out = host_with({});
  out.tlsa.state = state;
  return out;
}

[[nodiscard]] inline net::Address address(unsigned last) {
  return net::parse_address("192.0.2." + std::to_string(last)).value();
}

/// An address that shows this chain.
[[nodiscard]] inline AddressFacts shows(Certificates chain, unsigned last = 1) {
  AddressFacts out;
  out.address = address(last);
  out.connection.chain = std::move(chain);
  out.connection.session.emplace();
  out.connection.session->protocol = "TLSv1.3";
  out.connection.tls_began = true;
  return out;
}

/// An address that came to no TLS session.
[[nodiscard]] inline AddressFacts fails(const char* code, int reply = 0) {
  AddressFacts out;
  out.address = address(9);
  out.error = base::Error{base::ErrorKind::temporary, base::code_named(code), "so it is"};
  out.connection.rejection.code = reply;
  return out;
}

[[nodiscard]] inline HostFacts with(HostFacts host, std::vector<AddressFacts> addresses) {
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
[[nodiscard]] inline Words words_of(HostFacts host) {
  judge_host(host, kNow);
  return words(host.findings);
}

/// A domain with these hosts, judged, behind secure MX records.
[[nodiscard]] inline DomainFacts domain_of(std::vector<HostFacts> hosts) {
  DomainFacts out;
  out.domain = name("example.org");
  out.mx.security = dns::Security::secure;
  out.mx.from_mx = true;
  out.mx.domains = {out.domain};
  for (HostFacts& host : hosts) {
    judge_host(host, kNow);
    out.mx.hosts.push_back({host.name, 10});
    out.mx.published.push_back({10, host.name});
    out.hosts.push_back(std::make_shared<const HostFacts>(std::move(host)));
  }
  return out;
}

}  // namespace audit::testing
