#include "src/qmail/own_certificate.h"

#include "src/qmail/entries.h"

namespace qmail {

using base::Result;

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
