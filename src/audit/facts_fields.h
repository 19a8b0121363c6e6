#pragma once

#include "src/audit/facts_lines.h"
#include "src/audit/facts_text.h"

namespace audit::facts {

// Fields stand in an order that may not change; a new one goes behind the others of its
// type, and is read as what it begins with where it is not there. Each `fields` takes a
// Writer and a constant value, or a Reader and a value that is filled in.

template <>
struct Describe<std::vector<std::string>> {
  static void fields(auto& archive, auto& value) { archive.field("text", value); }
};

template <>
struct Describe<ZoneSeen> {
  static void fields(auto& archive, auto& value) {
    archive.field("apex", value.apex);
    archive.field("dnskey", value.keys);
    archive.field("ds", value.ds);
    archive.field("nsec3param", value.nsec3);
    archive.field("parent", value.parent);
  }
};

template <>
struct Describe<ServerAnswer> {
  static void fields(auto& archive, auto& value) {
    archive.field("server", value.server);
    archive.field("error", value.error);
    archive.field("rcode", value.rcode);
    archive.field("tlsa", value.records);
    archive.field("signature", value.signature);
    bool no_tcp = !value.tcp;
    archive.field("no-tcp", no_tcp);
    if constexpr (requires { value.tcp = true; }) value.tcp = !no_tcp;
  }
};

template <>
struct Describe<smtp::Reply> {
  static void fields(auto& archive, auto& value) {
    archive.field("code", value.code);
    archive.field("line", value.lines);
  }
};

template <>
struct Describe<Shown> {
  static void fields(auto& archive, auto& value) {
    archive.field("how", value.how);
    archive.field("error", value.error);
    archive.field("connected", value.connected);
    archive.field("tls-began", value.tls_began);
    archive.field("despite-key-usage", value.despite_key_usage);
    archive.field("same-certificate", value.same_certificate);
    archive.field("session", value.session);
    archive.field("chain", value.chain);
    archive.field("rejection", value.rejection);
  }
};

template <>
struct Describe<AddressSeen> {
  static void fields(auto& archive, auto& value) {
    archive.field("address", value.address);
    archive.field("shown", value.shown);
    archive.field("left-alone", value.left_alone);
    archive.field("faults", value.faults);
    archive.field("refusals", value.refusals);
  }
};

template <>
struct Describe<resolver::Host> {
  static void fields(auto& archive, auto& value) {
    archive.field("original", value.original);
    archive.field("canonical", value.canonical);
    archive.field("alias", value.aliases);
    archive.field("address", value.addresses);
    archive.field("security", value.security);
    archive.field("base-domain", value.base_domains);
  }
};

template <>
struct Describe<policy::DnsFacts> {
  static void fields(auto& archive, auto& value) {
    archive.field("state", value.state);
    archive.field("owner", value.owner);
    archive.field("record", value.records);
    archive.field("name", value.names);
    archive.field("ttl", value.ttl);
    archive.field("signed-until", value.signed_until);
  }
};

template <>
struct Describe<HostSeen> {
  static void fields(auto& archive, auto& value) {
    archive.field("name", value.name);
    archive.field("error", value.error);
    archive.field("host", value.host);
    archive.field("family-error", value.family_error);
    archive.field("tlsa-error", value.tlsa_error);
    archive.field("tlsa", value.tlsa);
    archive.field("records-at", value.records_at);
    archive.field("denied", value.denied);
    archive.field("dangling", value.dangling);
    archive.field("signature", value.signature);
    archive.field("octets", value.octets);
    archive.field("parent-denied", value.parent_denied);
    archive.field("server", value.servers);
    archive.field("zone", value.zones);
    archive.field("seen", value.addresses);
    archive.field("no-route", value.no_route);
    archive.field("out-of-reach", value.out_of_reach);
    archive.field("server-out-of-reach", value.servers_out_of_reach);
    archive.field("untried", value.untried);
  }
};

template <>
struct Describe<mail::StsPolicy> {
  static void fields(auto& archive, auto& value) {
    archive.field("mode", value.mode);
    archive.field("max-age", value.max_age);
    archive.field("mx", value.hosts);
  }
};

template <>
struct Describe<StsSeen> {
  static void fields(auto& archive, auto& value) {
    archive.field("error", value.error);
    archive.field("policy", value.policy);
  }
};

template <>
struct Describe<mail::MailHosts> {
  static void fields(auto& archive, auto& value) {
    archive.field("host", value.hosts);
    archive.field("security", value.security);
    archive.field("domain", value.domains);
    archive.field("from-mx", value.from_mx);
    archive.field("published", value.published);
    archive.field("signature", value.signature);
  }
};

/// All but the hosts, which stand in a table.
template <>
struct Describe<DomainSeen> {
  static void fields(auto& archive, auto& value) {
    archive.field("domain", value.domain);
    archive.field("error", value.error);
    archive.field("mx", value.mx);
    archive.field("zone", value.zones);
    archive.field("sts", value.sts);
    archive.field("tlsrpt", value.tlsrpt);
    archive.field("sts-policy", value.sts_policy);
  }
};

}  // namespace audit::facts
