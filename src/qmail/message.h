#pragma once

#include <string>

#include "src/base/error.h"
#include "src/qmail/control.h"
#include "src/smtp/body.h"

namespace qmail {

/// The domain of an address; empty if it has none.
[[nodiscard]] std::string domain_of(const std::string& address);

/// An address for a command: quoted where it must be, the domain in A-labels where
/// SMTPUTF8 need not be asked for. `utf8` is set if it must (RFC 6531 3.2).
[[nodiscard]] std::string for_envelope(const std::string& address, bool& utf8);

/// Whether nothing in an address would end its command.
[[nodiscard]] bool fits_a_command(const std::string& address);

/// How a message is read (control/barecr). One whose sender is empty or `#@[]`, a bounce,
/// is refused for nothing: nobody would hear of it. Error code `control`.
[[nodiscard]] base::Result<smtp::BodyRules> body_rules_of(const Control& control,
                                                          const std::string& sender);

/// Reads the message on a descriptor once, from its beginning. Error kind `temporary`,
/// code `read`.
[[nodiscard]] base::Result<smtp::BodyFacts> scan_message(int descriptor,
                                                         smtp::BodyRules rules);

}  // namespace qmail
