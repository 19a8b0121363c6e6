#include "src/client/terms.h"

namespace client {
namespace {

io::Task<base::Result<Terms>> ready(Terms terms) { co_return terms; }

io::Task<base::Result<Terms>> ask(resolver::Resolver& resolver, Location location,
                                  policy::Demand demand, const verify::Roots* roots,
                                  std::optional<Lookup>& told) {
  const std::uint16_t port =
      location.endpoints.empty() ? std::uint16_t{0} : location.endpoints.front().port;
  told = co_await look_up(resolver, std::move(location), port, std::move(demand));
  if (!told->requirement) co_return tl::unexpected(told->requirement.error());
  co_return Terms{told->facts, *told->requirement, roots};
}

}  // namespace

TermsLookup known(Terms terms) {
  return [terms = std::move(terms)] { return ready(terms); };
}

TermsLookup by_dns(resolver::Resolver& resolver, Location location, policy::Demand demand,
                   const verify::Roots* roots, std::optional<Lookup>& told) {
  return [&resolver, location = std::move(location), demand = std::move(demand), roots,
          &told] { return ask(resolver, location, demand, roots, told); };
}

}  // namespace client
