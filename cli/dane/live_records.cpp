#include "cli/dane/live_records.h"

#include "cli/dane/resolving.h"
#include "resolver/way.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

io::Task<client::Lookup> find(resolver::Resolver& resolver, const Owner& owner,
                              policy::Demand demand) {
  const client::Target target{owner.host, owner.port};
  auto location = co_await client::locate(resolver, target, demand);
  if (!location) co_return client::Lookup{{}, tl::unexpected(location.error())};
  co_return co_await client::look_up(resolver, std::move(*location), owner.port,
                                     std::move(demand));
}

}  // namespace

base::Result<client::Lookup> look_up_now(const Arguments& arguments, const Owner& owner,
                                         const policy::Demand& demand) {
  const auto config = resolver_of(arguments);
  if (!config) return tl::unexpected(config.error());
  io::Loop loop(1);
  auto resolver = resolver::Resolver::create(loop, *config);
  if (!resolver) return tl::unexpected(resolver.error());
  client::Lookup out = io::run_task(loop, find(**resolver, owner, demand));
  if (!out.requirement && resolver::is_unanswered(out.requirement.error())) {
    base::Error error = out.requirement.error();
    error.detail += ". " + (*resolver)->advice("--forward");
    out.requirement = tl::unexpected(std::move(error));
  }
  return out;
}

}  // namespace cli::dane
