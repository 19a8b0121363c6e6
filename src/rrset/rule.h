// src/rrset: is a TLSA RRset as it should be?
//
// Whoever publishes records is told the same about them by `dane make` when they are
// made, by `dane zone` before they are published, by `dane lookup` as they are in the DNS
// and by `dane audit` beside the servers: with one word, one severity and one sentence
// for each rule. rule.h is the table of the rules; the catalogue of the audit takes its
// rows from there. record_set.h holds the records with what is known of them, and says
// which can be used and which are on the path of a chain. faults.h judges the set.
// severity.h is the scale of all findings. Nothing here looks anything up: what servers
// show, and whether all of it was seen, is the caller's to say.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "src/rrset/severity.h"

namespace rrset {

/// What can be wrong with a TLSA RRset, in the order of the table.
enum class Rule {
  ttl_long,
  pkix_usage,
  unknown_number,
  bad_data,
  digest_of_nothing,
  full,
  anchor_full,
  anchor_key_not_sent,
  sha512_alone,
  certificate,
  anchor_certificate,
  duplicate,
  unmatched,
  anchor_not_sent,
  anchor_spare,
  parameters_unmatched,
  none_usable,
  no_spare,
  mismatch,
};

/// What a rule speaks of.
enum class Subject { record, set };

/// A rule in words.
struct RuleText {
  Rule rule;
  std::string_view word;  ///< stable, with hyphens: the code of the finding
  Severity severity;
  Subject about;
  std::string_view title;   ///< what is wrong, no full stop
  std::string_view source;  ///< RFC and section, or `practice`
  std::string_view advice;  ///< one sentence: what to do about it
};

/// All rules, in the order of their enumerators.
inline constexpr std::array<RuleText, 19> kRules{{
    {Rule::ttl_long, "tlsa-ttl-long", Severity::warning, Subject::set,
     "the TTL of the TLSA records is more than a day", "RFC 7671 8.1",
     "Shorten it to an hour or less: a new record has to be published two TTLs "
     "before its key is used."},
    {Rule::pkix_usage, "record-pkix-usage", Severity::warning, Subject::record,
     "a record has usage PKIX-TA(0) or PKIX-EE(1), which mail does not use",
     "RFC 7672 3.1.3", "Publish 3 1 1 of the server's key in its place."},
    {Rule::unknown_number, "record-unknown-number", Severity::warning, Subject::record,
     "a record has a number that nobody has assigned", "RFC 6698 4.1",
     "Correct usage, selector and matching type, or take the record away where "
     "another one can be used."},
    {Rule::bad_data, "record-bad-data", Severity::warning, Subject::record,
     "the data of a record do not fit its numbers", "RFC 6698 4.1",
     "Make the record again, from the certificate."},
    {Rule::digest_of_nothing, "record-digest-of-nothing", Severity::warning,
     Subject::record, "the data of a record are the digest of no octets at all",
     "RFC 6698 2.1.3",
     "Make the record again, from the certificate: what the digest was made of was "
     "empty."},
    {Rule::full, "record-full", Severity::warning, Subject::record,
     "a record holds a whole certificate or key in place of a digest", "RFC 7671 10.1.2",
     "Publish its SHA2-256 digest in its place."},
    {Rule::anchor_full, "record-anchor-full", Severity::warning, Subject::record,
     "a DANE-TA record holds a whole certificate, which is not sent", "RFC 7671 5.2.2",
     "Send the anchor's certificate too and wait until all servers do; not before "
     "that publish its digest, 2 1 1, in place of the record."},
    {Rule::anchor_key_not_sent, "record-anchor-key-not-sent", Severity::warning,
     Subject::record,
     "a DANE-TA record holds a whole key, and no certificate of it is sent",
     "RFC 7671 5.2.3",
     "Send the anchor's certificate, which has to be in the chain: not every sender "
     "can do with the key alone; not before that publish its digest, 2 1 1, in place "
     "of the record."},
    {Rule::sha512_alone, "record-sha512-alone", Severity::warning, Subject::record,
     "a record has a SHA2-512 digest and none of SHA2-256 beside it", "RFC 7671 9",
     "Publish SHA2-256 of the same beside it, or in its place: every sender knows "
     "that."},
    {Rule::certificate, "record-certificate", Severity::warning, Subject::record,
     "a DANE-EE record is of the certificate, not of its key (3 0 x)", "RFC 7671 5.1",
     "Publish 3 1 1 of the present key in its place: the digest of the certificate "
     "changes at every renewal."},
    {Rule::anchor_certificate, "record-anchor-certificate", Severity::note,
     Subject::record, "a DANE-TA record is of the certificate, not of its key (2 0 x)",
     "RFC 7671 5.2",
     "Publish 2 1 1 of the same certificate for a public CA, which issues its "
     "certificates anew under the same key."},
    {Rule::duplicate, "record-duplicate", Severity::note, Subject::record,
     "a record is published twice", "RFC 2181 5", "Remove one."},
    {Rule::unmatched, "record-unmatched", Severity::note, Subject::record,
     "a record matches nothing that the servers send now", "RFC 7671 8.1",
     "Remove it if it is neither for the next key, nor for an address that was not "
     "seen, nor for another host that is sent here for its records."},
    {Rule::anchor_not_sent, "record-anchor-not-sent", Severity::warning, Subject::record,
     "a DANE-TA record matches no certificate that the server sends", "RFC 7672 3.1.2",
     "Send the whole chain up to the anchor, the root too if that is the anchor; if "
     "another issuer has taken its place, publish 2 1 1 of that one, whose "
     "certificate is sent."},
    {Rule::anchor_spare, "record-anchor-spare", Severity::note, Subject::record,
     "a DANE-TA record matches no certificate that is sent, and another record does",
     "RFC 7671 8.1",
     "Leave it if it is for the next issuer; if the chain up to it is yours, send "
     "that whole."},
    {Rule::parameters_unmatched, "parameters-unmatched", Severity::warning, Subject::set,
     "of one combination of usage, selector and matching type nothing matches",
     "RFC 7671 8",
     "For each combination, publish a record of what the server sends now, of its "
     "key for DANE-EE and of its issuer for DANE-TA, or remove all of that "
     "combination: a sender may look at one combination only."},
    {Rule::none_usable, "none-usable", Severity::error, Subject::set,
     "no TLSA record can be used", "RFC 7672 2.2",
     "Publish 3 1 1 of the server's key: until then senders encrypt and prove "
     "nobody."},
    {Rule::no_spare, "no-spare", Severity::note, Subject::set,
     "there is no record for a next key or for an issuer", "RFC 7672 3.1.1",
     "Before the key changes, publish a second record: of the next key, with the "
     "numbers of the record of the present one, or 2 1 1 of the issuer, if its "
     "certificate is sent and the server's has the host's name and is in its time."},
    {Rule::mismatch, "mismatch", Severity::error, Subject::set,
     "no TLSA record matches what the server sends", "RFC 7672 2.2",
     "If nobody changed the server's key, find out first who answers at this address. "
     "Else publish 3 1 1 of the present key, which works when the old TTL has passed, "
     "or put the published key back. Where a record names an issuer (usage 2), send the "
     "chain up to it."},
}};

/// The words of a rule.
[[nodiscard]] constexpr const RuleText& text_of(Rule rule) {
  return kRules.at(static_cast<std::size_t>(rule));
}

}  // namespace rrset
