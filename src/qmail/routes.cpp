#include "src/qmail/routes.h"

#include "src/base/bytes.h"
#include "src/base/name.h"
#include "src/qmail/entries.h"
#include "src/qmail/literal.h"

namespace qmail {
namespace {

using base::Result;

/// The entry of a sender's domain, of a suffix of it, or `*`.
const Entry* find_for_sender(const std::vector<Entry>& entries,
                             const std::string& sender_domain) {
  const Entry* found = find_by_suffix(entries, sender_domain);
  return found != nullptr ? found : find(entries, "*");
}

/// The entry for bounces, `!@`, else the domain's.
const Entry* find_route_entry(const std::vector<Entry>& entries,
                              const std::string& domain, const std::string& sender) {
  const Entry* found = sender.empty() ? find(entries, "!@") : nullptr;
  if (found != nullptr && !found->value.empty()) return found;
  return find_by_suffix(entries, domain);
}

}  // namespace

Result<std::optional<Relay>> relay_of(const Control& control, const std::string& domain,
                                      const std::string& sender) {
  const auto entries = entries_of(control, "smtproutes");
  if (!entries) return tl::unexpected(entries.error());
  const Entry* entry = find_route_entry(*entries, domain, sender);
  if (entry == nullptr || entry->value.empty()) return std::optional<Relay>();
  // `relay|user|password`, or in other patches `relay user password`.
  if (entry->value.find_first_of("| \t") != std::string::npos) {
    return bad_line(control, "smtproutes", entry->line,
                    "a user and a password for a relay are not supported");
  }
  Relay out;
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

Result<Identity> identity_of(const Control& control, const std::string& sender_domain) {
  Identity out;
  auto helo = control.line("helohost");
  if (helo && !*helo) helo = control.line("me");
  if (!helo) return tl::unexpected(helo.error());
  out.helo = helo->value_or("");
  std::string source;
  for (const char* file : {"domainips", "domainbindings"}) {
    const auto entries = entries_of(control, file);
    if (!entries) return tl::unexpected(entries.error());
    const Entry* entry = find_for_sender(*entries, sender_domain);
    if (entry == nullptr || !source.empty()) continue;
    const auto parts = parts_of(entry->value);
    source = parts.front().substr(0, parts.front().find('%'));  // an interface behind it
    if (parts.size() > 1 && !parts[1].empty()) out.helo = parts[1];
  }
  if (source.empty()) {
    const auto line = control.line("outgoingip");
    if (!line) return tl::unexpected(line.error());
    source = line->value_or("");
  }
  if (out.helo.empty()) {
    return base::fail(base::ErrorKind::temporary, base::Code::control,
                      "neither control/helohost nor control/me has a name");
  }
  if (source.empty()) return out;
  out.source = net::parse_address(source);
  if (!out.source) {
    return base::fail(base::ErrorKind::temporary, base::Code::control,
                      base::printable(source, 60) + " is not an address to send from");
  }
  return out;
}

Result<std::optional<OwnCertificate>> certificate_of(const Control& control,
                                                     const std::string& sender_domain) {
  const auto entries = entries_of(control, "domaincerts");
  if (!entries) return tl::unexpected(entries.error());
  if (const Entry* entry = find_for_sender(*entries, sender_domain)) {
    auto parts = parts_of(entry->value);
    parts.resize(3);
    return std::optional(OwnCertificate{parts[0], parts[1], parts[2]});
  }
  const auto own = control.exists("clientcert.pem");
  if (!own) return tl::unexpected(own.error());
  if (!*own) return std::optional<OwnCertificate>();
  return std::optional(OwnCertificate{control.path("clientcert.pem"), "", ""});
}

}  // namespace qmail
