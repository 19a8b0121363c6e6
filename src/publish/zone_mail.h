#pragma once

#include <vector>

#include "src/publish/zone_tree.h"

namespace publish {

/// What the mail hosts of a whole zone lack: those of its MX records that have an address
/// in the zone and no TLSA records. Where some have records, each of the others is a
/// warning at its first MX record; where none has, one note says that the zone does not
/// use DANE for mail.
void lint_mail_hosts(const Zone& zone, const ZoneTree& tree,
                     std::vector<ZoneFinding>& out);

}  // namespace publish
