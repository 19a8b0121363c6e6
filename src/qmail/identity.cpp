#include "src/qmail/identity.h"

#include "src/base/bytes.h"
#include "src/qmail/entries.h"

namespace qmail {

using base::Result;

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
    return base::fail(
        base::ErrorKind::temporary, base::Code::control,
        base::printable(source, base::kWord) + " is not an address to send from");
  }
  return out;
}

}  // namespace qmail
