#include "cli/dane/stamping.h"

#include <cstdio>
#include <utility>

#include "cli/layout.h"
#include "resolver/host.h"
#include "src/base/bytes.h"
#include "src/evidence/bundle_bounds.h"
#include "src/evidence/checkpoint.h"
#include "src/evidence/store.h"
#include "src/evidence/time_stamp.h"
#include "src/io/run_task.h"

namespace cli::dane {
namespace {

constexpr std::chrono::seconds kLimit{30};

io::Task<base::Result<std::vector<net::Endpoint>>> find(resolver::Resolver& resolver,
                                                        dns::Name name,
                                                        std::uint16_t port) {
  const auto host =
      co_await resolver::find_host(resolver, std::move(name), resolver::Families::both);
  if (!host) co_return tl::unexpected(host.error());
  std::vector<net::Endpoint> out;
  for (const net::Address& one : host->addresses) out.push_back({one, port});
  co_return out;
}

base::Result<std::vector<net::Endpoint>> endpoints_of(
    io::Loop& loop, const evidence::StampAuthority& authority,
    const resolver::Config& config) {
  if (const auto address = net::parse_address(authority.host)) {
    return std::vector<net::Endpoint>{{*address, authority.port}};
  }
  auto name = dns::Name::parse(authority.host);
  if (!name) return tl::unexpected(name.error());
  const auto resolver = resolver::Resolver::create(loop, config);
  if (!resolver) return tl::unexpected(resolver.error());
  return io::run_task(loop, find(**resolver, std::move(*name), authority.port));
}

base::Result<void> keep(const report::FinishedRun& run, const NamedAuthority& who,
                        const resolver::Config& config) {
  const auto token = stamp_by(who, config, run.checkpoint);
  if (!token) return tl::unexpected(token.error());
  auto store = evidence::Store::open(run.store);
  if (!store) return tl::unexpected(store.error());
  return store->add_stamp(run.number, *token);
}

}  // namespace

base::Result<std::vector<NamedAuthority>> authorities_of(
    const std::vector<std::string>& urls) {
  if (urls.size() > evidence::kMostStamps) {
    return usage_error("at most " + std::to_string(evidence::kMostStamps) +
                       " time-stamp authorities can be asked");
  }
  std::vector<NamedAuthority> out;
  for (const std::string& url : urls) {
    auto authority = evidence::read_stamp_authority(url);
    if (!authority) return tl::unexpected(authority.error());
    out.push_back({url, std::move(*authority)});
  }
  return out;
}

base::Result<base::Bytes> stamp_by(const NamedAuthority& who,
                                   const resolver::Config& config,
                                   std::string_view checkpoint) {
  io::Loop loop(1);
  auto endpoints = endpoints_of(loop, who.authority, config);
  if (!endpoints) return tl::unexpected(endpoints.error());
  const evidence::Stamped stamped{evidence::hash_of_checkpoint(checkpoint),
                                  evidence::random_nonce()};
  const auto answer = io::run_task(
      loop, evidence::ask_for_stamp(
                loop, who.authority, std::move(*endpoints),
                evidence::time_stamp_request(stamped.hash, *stamped.nonce), kLimit));
  if (!answer) return tl::unexpected(answer.error());
  auto token = evidence::token_in(*answer);
  if (!token) return token;
  if (const auto good = evidence::check_time_stamp(*token, stamped); !good) {
    // Another answer may come later, and this one may be somebody's on the way.
    return base::fail(base::ErrorKind::temporary, base::Code::protocol,
                      good.error().detail);
  }
  return token;
}

void tell_checkpoint(const report::FinishedRun& run) {
  std::fprintf(
      stderr, "dane: run %lld in %s is finished, with %s. Publish its checkpoint:\n%s",
      static_cast<long long>(run.number), base::printable(run.store, base::kLine).c_str(),
      counted(run.bundles, "bundle").c_str(), run.checkpoint.c_str());
}

void stamp_run(const report::FinishedRun& run, std::span<const NamedAuthority> who,
               const resolver::Config& config) {
  for (const NamedAuthority& one : who) {
    const auto kept = keep(run, one, config);
    if (kept) continue;
    const std::string store = base::printable(run.store, base::kLine);
    std::fprintf(stderr,
                 "dane: warning: no time-stamp by %s: %s; to try again: dane evidence "
                 "stamp --run %lld %s %s\n",
                 one.url.c_str(),
                 base::printable(kept.error().detail, base::kMessage).c_str(),
                 static_cast<long long>(run.number), store.c_str(), one.url.c_str());
  }
}

}  // namespace cli::dane
