#include "src/tlsrpt/tls_events.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/bytes.h"

namespace tlsrpt {
namespace {

// A line of the store is written for each kind of session, and its octets come from the
// domain that the mail is for: how many records there are, how long they are, what hosts
// are called. These bounds hold for a line, event_store.h has those of a domain and of a
// day.
constexpr std::size_t kMostLine = 4096;
constexpr std::size_t kMostRecord = 512;
constexpr std::size_t kMostRecords = 2560;  // octets of all of them
constexpr std::size_t kMostName = 255;
constexpr std::size_t kMostWord = 64;
constexpr std::size_t kPlainFields = 7;  // before the records

/// A field of a line: no tabs, no line ends.
std::string field(std::string_view text, std::size_t limit) {
  return base::printable(text, limit);
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t tab = line.find('\t');
    out.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return out;
    line.remove_prefix(tab + 1);
  }
}

/// RFC 8460 4.4: the types of policy, and 4.3: the types of results.
bool are_known(const TlsEvent& event) {
  constexpr std::array<std::string_view, 3> kPolicies = {"tlsa", "sts",
                                                         "no-policy-found"};
  constexpr std::array<std::string_view, 12> kResults = {"",
                                                         "starttls-not-supported",
                                                         "certificate-host-mismatch",
                                                         "certificate-expired",
                                                         "certificate-not-trusted",
                                                         "validation-failure",
                                                         "tlsa-invalid",
                                                         "dnssec-invalid",
                                                         "dane-required",
                                                         "sts-policy-fetch-error",
                                                         "sts-policy-invalid",
                                                         "sts-webpki-invalid"};
  return std::ranges::find(kPolicies, event.policy) != kPolicies.end() &&
         std::ranges::find(kResults, event.result) != kResults.end();
}

bool is_whole(const TlsEvent& event) {
  return is_report_domain(event.domain) && are_known(event);
}

std::size_t count_in(std::string_view text) {
  std::size_t out = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && rest == end ? out : 0;
}

/// `NUMBER<tab>` and what `line_of` makes.
bool read_counted_line(std::string_view line, TlsEvent& out) {
  if (line.size() <= kCountDigits || line[kCountDigits] != '\t') return false;
  out.sessions = count_in(line.substr(0, kCountDigits));
  const auto fields = fields_of(line.substr(kCountDigits + 1));
  constexpr std::size_t kFields = 8;
  if (out.sessions == 0 || fields.size() < kFields) return false;
  out.domain = fields[0];
  out.policy = fields[1];
  out.base = fields[2];
  out.result = fields[3];
  out.host = fields[4];
  out.address = fields[5];
  out.source = fields[6];
  out.reason = fields[7];
  out.records.assign(fields.begin() + kFields, fields.end());
  return is_whole(out);
}

}  // namespace

const std::string& policy_domain(const TlsEvent& event) {
  if (event.policy != "tlsa") return event.domain;
  if (!event.base.empty()) return event.base;
  return event.host.empty() ? event.domain : event.host;
}

bool is_report_domain(std::string_view name) {
  constexpr std::size_t kMostDomain = 253;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kMostDomain && name.front() != '.' &&
         name.back() != '.' && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name, fits);
}

std::vector<std::string> policy_strings(const std::vector<dns::Tlsa>& records) {
  std::vector<std::string> all;
  all.reserve(records.size());
  for (const dns::Tlsa& record : records) {
    all.push_back(field(dns::to_text(record), kMostRecord));
  }
  std::ranges::sort(all);
  std::vector<std::string> out;
  std::size_t octets = 0;
  for (std::string& text : all) {
    octets += text.size() + 1;
    if (octets > kMostRecords) {
      out.push_back("and " + std::to_string(records.size() - out.size()) + " more");
      return out;
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::string line_of(const TlsEvent& event) {
  std::string out =
      field(event.domain, kMostName) + "\t" + field(event.policy, kMostWord) + "\t" +
      field(event.base, kMostName) + "\t" + field(event.result, kMostWord) + "\t" +
      field(event.host, kMostName) + "\t" + field(event.address, kMostWord) + "\t" +
      field(event.source, kMostWord) + "\t" + field(event.reason, kMostWord);
  for (const std::string& record : event.records) {
    const std::string text = field(record, kMostRecord);
    if (out.size() + text.size() + kCountDigits + 3 > kMostLine) break;
    out += "\t" + text;
  }
  return out;
}

std::string counted_line(const TlsEvent& event) {
  const std::string digits = std::to_string(event.sessions);
  if (digits.size() > kCountDigits)
    return std::string(kCountDigits, '9') + "\t" + line_of(event);
  return std::string(kCountDigits - digits.size(), '0') + digits + "\t" + line_of(event);
}

void read_counted_lines(std::string_view text, TlsEvents& out) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    TlsEvent event;
    if (end != std::string_view::npos && read_counted_line(line, event)) {
      out.events.push_back(std::move(event));
    } else if (!line.empty()) {
      ++out.left_out;
    }
  }
}

bool read_plain_line(std::string_view line, TlsEvent& out) {
  const auto fields = fields_of(line);
  if (fields.size() < kPlainFields) return false;
  out = {fields[0], fields[1], {},        fields[2], fields[3],
         fields[4], fields[5], fields[6], {},        1};
  out.records.assign(fields.begin() + kPlainFields, fields.end());
  return is_whole(out);
}

}  // namespace tlsrpt
