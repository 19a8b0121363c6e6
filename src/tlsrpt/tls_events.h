// src/tlsrpt: reports about TLS to the domains that mail goes to (RFC 8460).
//
// session.h turns what came of one TLS session into an event, tls_events.h is the event
// and its line, event_store.h counts events in files, a day and a domain each
// (day_folder.h, store_room.h), event_days.h reads a day, and tls_report.h makes the
// report of it. Reports that others send come in an envelope (report_envelope.h), are
// read (received_report.h) and added up (report_summary.h). Who sends mail, and by which
// policy, is not known here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/tlsa.h"

namespace tlsrpt {

/// How TLS sessions came out that have all of this in common, as SMTP TLS reporting
/// counts them (RFC 8460 4.3).
struct TlsEvent {
  std::string domain;                ///< that the mail is for, in A-labels
  std::string policy;                ///< `tlsa` or `no-policy-found` (RFC 8460 4.4)
  std::vector<std::string> records;  ///< TLSA records in presentation form, for `tlsa`
  std::string result;                ///< a result type; empty for a success
  std::string host;                  ///< of the mail host
  std::string address;               ///< of the mail host
  std::string source;                ///< address that we came from, if it is known
  std::string reason;                ///< why, in a word of ours; empty for a success
  std::string base;                  ///< TLSA base domain for `tlsa`; empty: the host
  std::size_t sessions = 1;
};

/// The policy domain of an event: where its policy is published. That is the TLSA base
/// domain for `tlsa`, and the domain of the mail for all others (RFC 8460 1.1).
[[nodiscard]] const std::string& policy_domain(const TlsEvent& event);

/// Whether reports are made for a domain: letters, digits, hyphens and underscores in
/// labels, at most 253 octets. No other name can stand in one (RFC 8460 5.1, 5.3), and
/// these are safe as the names of files.
[[nodiscard]] bool is_report_domain(std::string_view name);

/// Records for `TlsEvent::records`, in presentation form and a few KiB at most: the
/// domain that is reported on decides how many there are and how long they are. They are
/// sorted: resolvers turn the records of an answer round, which makes no other policy.
[[nodiscard]] std::vector<std::string> policy_strings(
    const std::vector<dns::Tlsa>& records);

/// Digits of the number that a line of the store begins with.
inline constexpr std::size_t kCountDigits = 10;

/// What an event is in the store: a line of at most 4 KiB, without its end.
/// `counted_line` is it with the number of sessions in front, always `kCountDigits` and a
/// tab.
[[nodiscard]] std::string line_of(const TlsEvent& event);
[[nodiscard]] std::string counted_line(const TlsEvent& event);

/// The lines of a store, read.
struct TlsEvents {
  std::vector<TlsEvent> events;
  std::size_t left_out = 0;  ///< lines that are none, or of no domain
};

/// Reads lines as `counted_line` makes them.
void read_counted_lines(std::string_view text, TlsEvents& out);
/// Reads one line of the older form, a session each: no number, no base domain. False if
/// it is none.
[[nodiscard]] bool read_plain_line(std::string_view line, TlsEvent& out);

}  // namespace tlsrpt
