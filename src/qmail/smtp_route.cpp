#include "src/qmail/smtp_route.h"

#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/qmail/entries.h"
#include "src/qmail/literal.h"

namespace qmail {
namespace {

using base::Result;

/// The entry for bounces, `!@`, else the domain's.
const Entry* find_route_entry(const std::vector<Entry>& entries,
                              const std::string& domain, const std::string& sender) {
  const Entry* found = sender.empty() ? find(entries, "!@") : nullptr;
  if (found != nullptr && !found->value.empty()) return found;
  return find_by_suffix(entries, domain);
}

}  // namespace

Result<std::optional<SmtpRoute>> smtp_route(const Control& control,
                                            const std::string& domain,
                                            const std::string& sender) {
  const auto entries = entries_of(control, "smtproutes");
  if (!entries) return tl::unexpected(entries.error());
  const Entry* entry = find_route_entry(*entries, domain, sender);
  if (entry == nullptr || entry->value.empty()) return std::optional<SmtpRoute>();
  // `relay|user|password`, or in other patches `relay user password`.
  if (entry->value.find_first_of("| \t") != std::string::npos) {
    return bad_line(control, "smtproutes", entry->line,
                    "a user and a password for a relay are not supported");
  }
  SmtpRoute out;
  std::string_view value = entry->value;
  if (value.front() == '[') {
    const std::size_t end = value.find(']');
    if (end == std::string_view::npos) {
      return bad_line(control, "smtproutes", entry->line, "no ] behind the address");
    }
    const auto address = literal_in(value.substr(0, end + 1));
    if (!address) {
      return bad_line(control, "smtproutes", entry->line, "no address in the brackets");
    }
    out.host = net::to_text(*address);
    value.remove_prefix(end + 1);
  } else {
    out.host = value.substr(0, value.find_first_of(":;"));
    value.remove_prefix(out.host.size());
  }
  // What is none of these may be a user with a password: it is not told.
  if (!out.host.empty() && !literal_in(out.host) && !dns::Name::parse(out.host)) {
    return bad_line(control, "smtproutes", entry->line,
                    "the relay is neither a host name nor an address");
  }
  if (value.empty()) return std::optional(std::move(out));
  const bool separated = value.front() == ':' || value.front() == ';';
  const auto port = separated ? port_in(value.substr(1)) : std::nullopt;
  if (!port) return bad_line(control, "smtproutes", entry->line, "a bad port");
  out.port = *port;
  return std::optional(std::move(out));
}

}  // namespace qmail
