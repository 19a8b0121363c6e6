// src/audit: is the DANE mail deployment of a domain correct?
//
// The way in is finding.h (what can be found, each with its word, weight and advice) and
// seen.h (what came over wires, constant once it is there). survey.h looks: DNS, name
// servers, every address of every mail host; probe.h talks to one address, by the code
// that delivers mail, and asks what next_question.h says. judge.h turns what was seen
// into judged.h (what holds of a host whatever domain uses it) and judgement.h (access,
// grade and findings of a domain); it does no I/O, as access.h, opinions.h, work.h and
// the files of findings, which it calls; cause.h says which finding a grade follows from.
// engine.h does it for millions of domains at once, from item.h to item.h; together.h
// runs tasks side by side. stored_facts.h writes down what was seen, to be judged again,
// in the lines of facts_lines.h. How a result is shown is cli/dane/audit's.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/rrset/rule.h"

namespace audit {

using rrset::Severity;
using rrset::to_text;

/// All that can be found, in the order of the catalogue.
enum class Code {
  // The domain.
  bad_input,
  no_domain,
  mx_bogus,
  mx_lookup_fails,
  mx_null,
  no_mail_host,
  mx_insecure,
  mx_odd_target,
  mx_too_many,
  mx_none_usable,
  mx_implicit,
  // A mail host's addresses.
  host_bogus,
  host_lookup_fails,
  host_no_address,
  host_insecure,
  host_alias,
  host_many_addresses,
  host_slow,
  private_address,
  // Its TLSA records in the DNS.
  tlsa_bogus,
  tlsa_lookup_fails,
  tlsa_insecure,
  tlsa_absent,
  tlsa_alias_dangling,
  tlsa_parent_denied,
  tlsa_servers_differ,
  tlsa_server_fails,
  tlsa_server_stale,
  tlsa_server_no_tcp,
  tlsa_large,
  tlsa_ttl_long,
  signature_expires_soon,
  signature_too_long,
  // The DNSSEC that they stand on.
  dnssec_old_algorithm,
  dnssec_short_key,
  ds_old_digest,
  nsec3_iterations,
  nsec3_salt,
  // The records.
  record_pkix_usage,
  record_unknown_number,
  record_bad_data,
  record_full,
  record_anchor_full,
  record_anchor_key_not_sent,
  record_sha512_alone,
  record_certificate,
  record_anchor_certificate,
  record_duplicate,
  record_unmatched,
  record_anchor_not_sent,
  record_anchor_spare,
  parameters_unmatched,
  none_usable,
  no_spare,
  shared_key,
  // The service.
  unreachable,
  no_route,
  temporarily_refused,
  refused,
  garbage,
  starttls_not_offered,
  starttls_refused,
  starttls_injection,
  handshake_fails,
  mismatch,
  name_mismatch,
  expired,
  bad_path,
  unsupported_key,
  expires_soon,
  certificate_unreadable,
  leaf_expired,
  leaf_other_name,
  base_name_missing,
  certificates_differ,
  name_demanded,
  other_key_unmatched,
  old_protocol,
  key_usage,
  // Around it.
  sts_absent,
  sts_invalid,
  sts_unreachable,
  sts_untrusted,
  sts_bad_policy,
  sts_disagrees,
  sts_host_untrusted,
  sts_not_enforced,
  tlsrpt_absent,
  tlsrpt_invalid,
};

/// A line of the catalogue.
struct Kind {
  Code code;
  std::string_view word;  ///< stable, with hyphens
  Severity severity;
  std::string_view title;   ///< what it is, no full stop
  std::string_view source;  ///< RFC and section, or `practice`
  std::string_view advice;  ///< one sentence: what to do about it
};

/// The whole catalogue, in the order of the codes.
[[nodiscard]] std::span<const Kind> catalogue();
/// The line of a code.
[[nodiscard]] const Kind& kind_of(Code code);
/// The code of a rule about TLSA RRsets; nothing for what is told before publication
/// alone.
[[nodiscard]] std::optional<Code> code_of(rrset::Rule rule);

/// Something that was found.
struct Finding {
  Code code;
  std::string subject;  ///< the domain, host, address, zone or record it is about
  std::string detail;   ///< the facts, one line for people
  [[nodiscard]] bool operator==(const Finding&) const = default;
};

}  // namespace audit
