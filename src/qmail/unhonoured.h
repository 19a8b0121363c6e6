#pragma once

#include "src/qmail/control.h"

namespace qmail {

/// Looks for control files of qmail's patches and descendants that say where mail goes,
/// from which address, or with which secret, and that this program does not honour: mail
/// must not go another way in silence. Error kind `temporary`, code `control`, names the
/// first that is there and says something.
[[nodiscard]] base::Result<void> nothing_is_unhonoured(const Control& control);

}  // namespace qmail
