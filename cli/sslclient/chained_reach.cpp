// Two connections where a server brings nothing. The first offers TLS 1.2 alone and says
// nothing that depends on records, so it is no measure of what the second would be: that
// is made as if the extension were not there, by what the DNS says. Nothing is lost by
// it. Whoever takes the extension away makes us ask the DNS, which he could not forge
// before either; only a pin makes its absence a failure (RFC 9102 7).
//
// A chain proves more than the DNS would be asked for, never less: records decide, and a
// proof that there are none does not. Anybody can fetch such a proof and show it, also
// one of yesterday, or one about a name whose records stand at the end of an alias.
//
// The lifetime that a server promises is in no zone: it counts only from a server that
// the records have proved, in a handshake that came to its end.
#include "cli/sslclient/chained_reach.h"

#include <utility>

#include "cli/sslclient/chain_pins.h"
#include "src/client/live_contact.h"
#include "src/evidence/chain_proof.h"
#include "verify/certificate.h"

namespace cli::sslclient {
namespace {

/// The terms by what a server brought. `facts` is what follows of its records, also where
/// the demand has no use for it.
base::Result<client::Terms> terms_by(base::ByteView extension,
                                     const ChainSettings& settings,
                                     const client::Wanted& wanted,
                                     policy::DnsFacts& facts) {
  constexpr std::string_view kWhat = "the server's DNSSEC chain";
  const auto words = evidence::read_chain_extension(extension);
  const auto owner = settings.name.tlsa_owner(wanted.target.port, "tcp");
  if (!words || !owner) {
    return base::fail(base::ErrorKind::temporary, base::Code::malformed,
                      std::string(kWhat) + " is cut off");
  }
  const auto chain = evidence::ReceivedChain::read(words->chain);
  if (!chain) return tl::unexpected(chain.error().in(kWhat));
  auto proved = evidence::tlsa_by_chain(*chain, *owner,
                                        {settings.trust_anchor, client::wall_clock()});
  if (!proved) return tl::unexpected(proved.error().in(kWhat));
  facts = std::move(*proved);
  facts.names = {settings.name};
  if (facts.state != policy::TlsaState::present) {
    return base::fail(base::ErrorKind::temporary, base::Code::no_chain,
                      std::string(kWhat) + " has no TLSA records");
  }
  auto requirement = policy::decide(facts, wanted.demand);
  if (!requirement) return tl::unexpected(requirement.error());
  return client::Terms{facts, std::move(*requirement), wanted.roots};
}

/// What is known before the server has brought anything: its name, and that nobody is
/// believed.
client::Terms no_terms(const ChainSettings& settings) {
  client::Terms out;
  out.requirement.names = {settings.name};
  return out;
}

base::Error pinned_error(std::chrono::sys_seconds until, const base::Error& why) {
  return {base::ErrorKind::temporary, base::Code::no_chain,
          "it promised to send its DNSSEC chain until " + verify::to_text(until) +
              " (--chain-pins), and does not: " + why.detail};
}

base::Result<void> note(const ChainSettings& settings, const client::Wanted& wanted,
                        const client::Connection& connection) {
  const client::Seen& seen = connection.seen;
  const bool by_dane = seen.has_tls() && seen.verdict &&
                       (seen.verdict->outcome == verify::Outcome::dane ||
                        seen.verdict->outcome == verify::Outcome::dane_and_pkix);
  if (settings.pins.empty() || !by_dane) return {};
  const auto words = evidence::read_chain_extension(*seen.dnssec_chain);
  return note_pin(settings.pins, settings.name, wanted.target.port, words->lifetime,
                  client::wall_clock());
}

}  // namespace

io::Task<base::Result<client::Reached>> reach_by_chain(io::Loop& loop,
                                                       resolver::Resolver& resolver,
                                                       const ChainSettings& settings,
                                                       const client::Wanted& wanted,
                                                       const client::Options& options) {
  std::optional<std::chrono::sys_seconds> pinned;
  if (!settings.pins.empty()) {
    const auto pins = read_pins(settings.pins);
    if (!pins) co_return tl::unexpected(pins.error());
    pinned = pins->until(settings.name, wanted.target.port, client::wall_clock());
  }
  client::Reached out;
  out.report = client::empty_report(wanted);
  auto location = co_await client::locate(resolver, wanted.target, wanted.demand);
  auto endpoints = location ? client::wanted_endpoints(wanted, location->endpoints)
                            : tl::unexpected(location.error());
  if (!endpoints) {
    out.report.error = endpoints.error();
    co_return out;
  }
  client::Options with = options;
  bool is_decided = false;  // by a chain, also by one that is no good
  with.by_chain = [&](base::ByteView extension) {
    auto terms = terms_by(extension, settings, wanted, out.report.facts);
    is_decided = terms || terms.error().code != base::Code::no_chain;
    return terms;
  };
  client::LiveContact contact(loop);
  auto terms = client::known(no_terms(settings));
  auto connection = co_await contact.reach(wanted.target, std::move(*endpoints),
                                           std::move(terms), with);
  const client::Seen& seen = connection.seen;
  const bool ended_early = seen.error && seen.tls_began() && !is_decided;
  // Whoever was silent is not waited for a second time.
  if (ended_early && !pinned && seen.error->code != base::Code::timeout) {
    co_return co_await client::reach_target(resolver, contact, wanted, options);
  }
  client::add(out.report, connection);
  if (ended_early && pinned) out.report.error = pinned_error(*pinned, *out.report.error);
  // A promise that is known holds, also where it cannot be made longer.
  if (auto noted = note(settings, wanted, connection); !noted && !pinned) {
    co_return tl::unexpected(noted.error());
  }
  out.connection = std::move(connection);
  co_return out;
}

}  // namespace cli::sslclient
