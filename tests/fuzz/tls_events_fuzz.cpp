// The store of TLS sessions, and the reports that are made of it: whatever stands there,
// a report is one line of JSON, its mail is ASCII without a header line too many, and
// what was read is written and read again as it is.
#include <cstdint>
#include <cstdlib>
#include <map>

#include "src/base/bytes.h"
#include "src/tlsrpt/tls_events.h"
#include "src/tlsrpt/tls_report.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_plain(std::string_view mail) {
  for (const char c : mail) {
    if (c != '\n' && (c < ' ' || c > '~')) return false;
  }
  return true;
}

void try_event(const tlsrpt::TlsEvent& event) {
  must(tlsrpt::is_report_domain(event.domain));
  const std::string line = tlsrpt::counted_line(event);
  must(line.size() <= 4096 && line.find('\n') == std::string::npos);
  tlsrpt::TlsEvents again;
  tlsrpt::read_counted_lines(line + "\n", again);
  must(again.events.size() == 1 && again.left_out == 0);
  // What was cut once may be cut once more, and is the same from then on.
  const std::string second = tlsrpt::counted_line(again.events.front());
  tlsrpt::TlsEvents third;
  tlsrpt::read_counted_lines(second + "\n", third);
  must(third.events.size() == 1 && tlsrpt::counted_line(third.events.front()) == second);
}

void try_report(const std::string& domain, const std::vector<tlsrpt::TlsEvent>& events) {
  const tlsrpt::TlsReportHeader header{"Us", "postmaster@us.example", "us.example",
                                       domain,
                                       std::chrono::sys_days(std::chrono::days(20605))};
  const std::string json = tlsrpt::tls_report_json(header, events);
  must(json == base::printable(json, json.size()));
  const std::string mail =
      tlsrpt::tls_report_mail(header, json, {"tls@there.example"},
                              std::chrono::sys_seconds(std::chrono::days(20606)));
  must(is_plain(mail));
  const std::string head = mail.substr(0, mail.find("\n\n"));
  std::size_t lines = 1;
  for (const char c : head) lines += c == '\n' ? 1 : 0;
  must(lines == 12);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  tlsrpt::TlsEvents found;
  tlsrpt::read_counted_lines(input, found);
  std::string_view rest = input;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    tlsrpt::TlsEvent event;
    if (tlsrpt::read_plain_line(rest.substr(0, end), event))
      found.events.push_back(event);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::map<std::string, std::vector<tlsrpt::TlsEvent>> by_domain;
  for (const tlsrpt::TlsEvent& event : found.events) {
    try_event(event);
    by_domain[event.domain].push_back(event);
  }
  for (const auto& [domain, events] : by_domain) try_report(domain, events);
  return 0;
}
