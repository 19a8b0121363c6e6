#include "src/witness/connect_evidence.h"

#include <utility>

#include "src/witness/connect_bundle.h"

namespace witness {

base::Result<std::unique_ptr<ConnectEvidence>> ConnectEvidence::open(
    Place place, io::Loop& loop, resolver::Resolver& resolver,
    const resolver::Config& config) {
  if (config.validation != resolver::Validation::here) {
    return base::fail(base::ErrorKind::usage, base::Code::usage,
                      "--evidence needs answers that are validated here");
  }
  auto files = evidence::EvidenceFiles::open(place.path, /*one_domain=*/true);
  if (!files) return tl::unexpected(files.error());
  auto past_caches = resolver::Resolver::create(loop, config);
  if (!past_caches) return tl::unexpected(past_caches.error());
  return std::unique_ptr<ConnectEvidence>(
      new ConnectEvidence(std::move(*files), std::move(place.maker), loop, resolver,
                          std::move(*past_caches)));
}

io::Task<base::Result<client::Reached>> ConnectEvidence::reach(
    const client::Wanted& wanted, const client::Options& options) {
  client::Reached out =
      co_await client::reach_target(witness_.resolver(), witness_, wanted, options);
  co_await witness_.complete();
  const auto& error = out.report.error;
  if (error && base::is_about_proof(error->code)) co_await witness_.ask_again();
  const auto added = files_.add(
      client::to_text(wanted.target.host) + "_" + std::to_string(wanted.target.port),
      connect_bundle(wanted, options, witness_, out.report, maker_));
  if (!added) co_return tl::unexpected(added.error());
  co_return std::move(out);
}

}  // namespace witness
