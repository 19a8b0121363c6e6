#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/base/bytes.h"
#include "verify/directory_name.h"

namespace verify {

/// The forms of GeneralName that name constraints tell apart (RFC 5280 4.2.1.6, RFC
/// 4985).
enum class NameForm {
  dns,
  service,    ///< SRVName, an otherName (RFC 4985)
  mailbox,    ///< rfc822Name, and SmtpUTF8Mailbox, an otherName (RFC 9598 6)
  uri,        ///< its host is what counts
  address,    ///< iPAddress
  directory,  ///< directoryName
  unknown,    ///< x400Address, ediPartyName, registeredID and other otherNames
};

/// A name of a certificate, or the base of a constraint, read once.
struct GeneralName {
  NameForm form = NameForm::unknown;
  std::string type;         ///< of an unknown form: its tag, and an otherName's OID
  std::string text;         ///< what is compared, hosts in lower case
  DirectoryName directory;  ///< of a directoryName
  bool readable = true;     ///< whether it is what its form asks for

  /// Whether both are of one form, so that one may constrain the other.
  [[nodiscard]] bool same_form(const GeneralName& other) const {
    return form == other.form && type == other.type;
  }
};

/// A name from the DER of a GeneralName that stands in a certificate; nothing if its tag
/// is none of a GeneralName's.
[[nodiscard]] std::optional<GeneralName> read_general_name(base::ByteView name);

/// A base name of a constraint (RFC 5280 4.2.1.10).
[[nodiscard]] std::optional<GeneralName> read_base_name(base::ByteView name);

/// A DNS name in lower case.
[[nodiscard]] GeneralName dns_name(std::string_view text);
/// A mail address; without `@` it is not readable.
[[nodiscard]] GeneralName mailbox_name(std::string_view text);
/// A directoryName from a Name (DER); what is none is not readable.
[[nodiscard]] GeneralName directory_name(base::ByteView name);

/// `DNS name mail.example.org`, for people.
[[nodiscard]] std::string describe(const GeneralName& name);

}  // namespace verify
