#include "src/client/reach_target.h"

#include <utility>

#include "src/base/bytes.h"

namespace client {

Report empty_report(const Wanted& wanted) {
  Report out;
  out.host = wanted.word;
  out.port = wanted.target.port;
  out.level = wanted.demand.level;
  return out;
}

base::Result<std::vector<net::Endpoint>> wanted_endpoints(
    const Wanted& wanted, std::vector<net::Endpoint> all) {
  if (wanted.addresses != Addresses::all) {
    std::erase_if(all, [&](const net::Endpoint& one) {
      const bool is_ipv4 = one.address.bytes().size() == 4;
      return is_ipv4 != (wanted.addresses == Addresses::ipv4);
    });
  }
  if (!all.empty()) return all;
  return base::fail(
      base::ErrorKind::temporary, base::Code::no_address,
      base::printable(wanted.word, base::kName) + " has no address of that family");
}

io::Task<Reached> reach_target(resolver::Resolver& resolver, Contact& contact,
                               const Wanted& wanted, const Options& options) {
  Reached out;
  out.report = empty_report(wanted);
  auto location = co_await locate(resolver, wanted.target, wanted.demand);
  auto endpoints = location ? wanted_endpoints(wanted, location->endpoints)
                            : tl::unexpected(location.error());
  if (!endpoints) {
    out.report.error = endpoints.error();
    co_return out;
  }
  location->endpoints = *endpoints;
  std::optional<Lookup> told;
  auto terms = by_dns(resolver, std::move(*location), wanted.demand, wanted.roots, told);
  auto connection = co_await contact.reach(wanted.target, std::move(*endpoints),
                                           std::move(terms), options);
  if (told) out.report.facts = told->facts;
  if (told && !told->requirement) {
    out.report.error = told->requirement.error();
    co_return out;
  }
  add(out.report, connection);
  out.connection = std::move(connection);
  co_return out;
}

}  // namespace client
