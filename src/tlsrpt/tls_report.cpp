#include "src/tlsrpt/tls_report.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "src/base/bytes.h"
#include "src/base/json.h"
#include "src/base/pem.h"

namespace tlsrpt {
namespace {

using std::chrono::sys_seconds;

std::string two(long number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string date_of(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day()));
}

std::string id_of(const TlsReportHeader& header) {
  return date_of(header.day) + "." + header.domain + "@" + header.submitter;
}

/// What the sessions of one policy have in common (RFC 8460 4.4).
struct PolicyCount {
  std::size_t good = 0;
  std::size_t bad = 0;
  /// Result, host, address, source, reason.
  std::map<std::tuple<std::string, std::string, std::string, std::string, std::string>,
           std::size_t>
      failures;
};

/// Type, policy domain, records.
using PolicyKey = std::tuple<std::string, std::string, std::vector<std::string>>;

std::map<PolicyKey, PolicyCount> counted(const TlsReportHeader& header,
                                         const std::vector<TlsEvent>& events) {
  std::map<PolicyKey, PolicyCount> out;
  for (const TlsEvent& event : events) {
    if (event.domain != header.domain) continue;
    PolicyCount& count = out[{event.policy, policy_domain(event), event.records}];
    if (event.result.empty()) {
      count.good += event.sessions;
    } else {
      count.bad += event.sessions;
      count.failures[{event.result, event.host, event.address, event.source,
                      event.reason}] += event.sessions;
    }
  }
  return out;
}

void write_failures(base::JsonWriter& json, const PolicyCount& count) {
  if (count.failures.empty()) return;
  json.key("failure-details").begin_array();
  for (const auto& [failure, sessions] : count.failures) {
    const auto& [result, host, address, source, reason] = failure;
    json.begin_object().member("result-type", result);
    if (!source.empty()) json.member("sending-mta-ip", source);
    json.member("receiving-mx-hostname", host);
    if (!address.empty()) json.member("receiving-ip", address);
    json.member("failed-session-count", sessions);
    if (!reason.empty()) json.member("failure-reason-code", reason);
    json.end_object();
  }
  json.end_array();
}

std::string gzipped(const std::string& text) {
  constexpr int kGzip = 15 + 16;  // the largest window, a gzip header (zlib.h)
  constexpr int kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

/// `Mon, 23 Nov 2026 16:00:00 +0000` (RFC 5322 3.3).
std::string mail_date(sys_seconds moment) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(moment - day);
  const auto month = static_cast<unsigned>(date.month());
  return std::string(kDays.at(std::chrono::weekday(day).c_encoding())) + ", " +
         std::to_string(static_cast<unsigned>(date.day())) + " " + kMonths.at(month - 1) +
         " " + std::to_string(static_cast<int>(date.year())) + " " +
         two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
         two(clock.seconds().count()) + " +0000";
}

std::string file_name(const TlsReportHeader& header) {
  const sys_seconds begin(header.day);
  const sys_seconds end = begin + std::chrono::days(1) - std::chrono::seconds(1);
  return header.submitter + "!" + header.domain + "!" +
         std::to_string(begin.time_since_epoch().count()) + "!" +
         std::to_string(end.time_since_epoch().count()) + ".json.gz";
}

}  // namespace

std::string tls_report_json(const TlsReportHeader& header,
                            const std::vector<TlsEvent>& events) {
  base::JsonWriter json;
  json.begin_object().member("organization-name", header.organization);
  json.key("date-range").begin_object();
  json.member("start-datetime", date_of(header.day) + "T00:00:00Z");
  json.member("end-datetime", date_of(header.day) + "T23:59:59Z").end_object();
  json.member("contact-info", header.contact).member("report-id", id_of(header));
  json.key("policies").begin_array();
  for (const auto& [key, count] : counted(header, events)) {
    const auto& [policy, domain, records] = key;
    json.begin_object().key("policy").begin_object().member("policy-type", policy);
    if (!records.empty()) json.member("policy-string", records);
    json.member("policy-domain", domain).end_object();
    json.key("summary").begin_object();
    json.member("total-successful-session-count", count.good);
    json.member("total-failure-session-count", count.bad).end_object();
    write_failures(json, count);
    json.end_object();
  }
  json.end_array().end_object();
  return json.text();
}

std::string tls_report_mail(const TlsReportHeader& header, const std::string& json,
                            const std::vector<std::string>& recipients,
                            sys_seconds moment) {
  std::string to;
  for (const std::string& address : recipients)
    to += (to.empty() ? "" : ",\n ") + address;
  const std::string boundary =
      "=_tlsrpt_" + std::to_string(moment.time_since_epoch().count());
  const std::string name = file_name(header);
  std::string out =
      "From: " + header.contact + "\nTo: " + to +
      "\nSubject: Report Domain: " + header.domain + "\n Submitter: " + header.submitter +
      "\n Report-ID: <" + id_of(header) + ">\nDate: " + mail_date(moment) +
      "\nMessage-ID: <" + id_of(header) + ">\nTLS-Report-Domain: " + header.domain +
      "\nTLS-Report-Submitter: " + header.submitter +
      "\nMIME-Version: 1.0\nContent-Type: multipart/report; "
      "report-type=\"tlsrpt\";\n boundary=\"" +
      boundary + "\"\n\n--" + boundary +
      "\nContent-Type: text/plain; charset=us-ascii\n\n"
      "This is an aggregate report of TLS sessions (RFC 8460) for mail to\n" +
      header.domain + " on " + date_of(header.day) + ", from " + header.submitter +
      ".\n\n--" + boundary +
      "\nContent-Type: application/tlsrpt+gzip\n"
      "Content-Transfer-Encoding: base64\n"
      "Content-Disposition: attachment;\n filename=\"" +
      name + "\"\n\n";
  const std::string packed = gzipped(json);
  return out + base::to_base64_lines(base::as_bytes(packed)) + "\n--" + boundary + "--\n";
}

}  // namespace tlsrpt
