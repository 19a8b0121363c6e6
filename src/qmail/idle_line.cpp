#include "src/qmail/idle_line.h"

#include <algorithm>

#include "src/qmail/dane_policy.h"
#include "src/qmail/entries.h"
#include "src/qmail/tls_destinations.h"

namespace qmail {

using base::Result;

namespace {

/// The key without the sign that tlsdestinations has in front of it.
std::string_view unsigned_key(std::string_view key) {
  return key.substr(std::min(key.find_first_not_of("!%=~+-"), key.size()));
}

/// About an entry for the host, in a file that has none for the domain itself.
Result<std::string> idle_entry(Result<std::vector<Entry>> entries,
                               const std::string& domain, const std::string& host) {
  if (!entries) return tl::unexpected(entries.error());
  const Entry* idle = nullptr;
  for (const Entry& entry : *entries) {
    const std::string_view key = unsigned_key(entry.key);
    if (key == domain) return std::string();
    if (key == host && idle == nullptr) idle = &entry;
  }
  if (idle == nullptr) return std::string();
  return "line " + std::to_string(idle->line.number) + " (" + host +
         ") has no effect on mail for " + domain +
         ": it names the mail host, and policies go by the domain of the mail";
}

}  // namespace

Result<std::string> idle_line(const Control& control, const PolicyQuestion& question) {
  const std::string& domain = question.domain;
  const std::string host = domain_key(question.host);
  if (domain == host) return std::string();
  auto text = idle_entry(dane_policy_entries(control), domain, host);
  if (!text) return text;
  if (!text->empty()) return "control/danepolicy, " + *text;
  text = idle_entry(tls_destination_entries(control), domain, host);
  if (!text || text->empty()) return text;
  return "control/tlsdestinations, " + *text;
}

}  // namespace qmail
