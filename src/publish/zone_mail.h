#pragma once

#include <vector>

#include "src/publish/zone_tree.h"

namespace publish {

/// What the mail hosts of a whole zone lack: those of its MX records that have an address
/// in the zone and no TLSA records. Beside a host of the same owner that has records,
/// each is one warning, at the first such MX record; where no host of any owner has
/// records, one note says that the zone does not use DANE for mail.
void lint_mail_hosts(const Zone& zone, const ZoneTree& tree,
                     std::vector<ZoneFinding>& out);

}  // namespace publish
