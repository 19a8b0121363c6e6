#include "src/audit/connect.h"

namespace audit {

io::Task<base::Result<io::Descriptor>> connect_to(io::Loop& loop, net::Endpoint endpoint,
                                                  const mail::Ways& ways) {
  const io::ConnectTimeouts limits{ways.connect_limit, std::chrono::seconds(0)};
  const std::vector<net::Endpoint> one(1, endpoint);
  auto connected = co_await io::connect_any(loop, one, ways.source, limits);
  if (connected.socket) co_return std::move(connected.socket);
  co_return tl::unexpected(std::move(connected.failures.back().error));
}

}  // namespace audit
