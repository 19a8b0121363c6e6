// A client has no name that a server could look up: it says itself who it is, in its
// certificate, and the owner of that name says in the DNS whether the key is its own. So
// each name that it shows is tried, a few of them, and the first that the DNS bears out
// is the client's.
#include "cli/sslserver/client_dane.h"

#include <algorithm>

#include "resolver/tlsa_records.h"
#include "src/client/wall_clock.h"
#include "verify/check.h"
#include "verify/names.h"

namespace cli::sslserver {
namespace {

constexpr std::size_t kMostNames = 4;     // that are looked up
constexpr std::size_t kMostRead = 1'024;  // of a certificate

/// A name that a client shows, and where its records are.
struct Claim {
  dns::Name name;
  dns::Name owner;
};

std::optional<Claim> claim(std::string_view name, const std::string& service) {
  auto parsed = dns::Name::parse(name);
  auto owner = dns::Name::parse("_" + service + "." + std::string(name));
  if (!parsed || !owner || name.starts_with('*')) return std::nullopt;
  return Claim{std::move(*parsed), std::move(*owner)};
}

/// The names of the leaf, of each kind those that are for this service, or what a raw key
/// is listed under.
std::vector<Claim> claims_in(const verify::Chain& chain, const std::string& service,
                             const ClientNames& listed) {
  std::vector<Claim> out;
  if (const auto* raw = std::get_if<verify::RawPublicKey>(&chain)) {
    if (auto one = claim(listed.name_of(raw->spki), service))
      out.push_back(std::move(*one));
    return out;
  }
  const auto* sent = std::get_if<verify::Certificates>(&chain);
  if (sent == nullptr || sent->empty()) return out;
  const auto leaf = verify::parse_certificate(sent->front());
  if (!leaf) return out;
  const auto names =
      verify::presented_names(*leaf, verify::read_extensions(*leaf), kMostRead);
  const auto add = [&](std::string_view name) {
    auto one = claim(name, service);
    const bool known = one && std::ranges::any_of(out, [&](const Claim& other) {
                         return other.owner == one->owner;
                       });
    if (one && !known && out.size() < kMostNames) out.push_back(std::move(*one));
  };
  const std::string prefix = "_" + service + ".";
  for (const base::ByteView name : names.services) {
    const std::string text = base::lower(base::as_text(name));
    if (text.starts_with(prefix)) add(text.substr(prefix.size()));
  }
  for (const base::ByteView name : names.dns) add(base::as_text(name));
  return out;
}

/// Judges the chain by what was found for one of its names.
ClientProof judge(const Claim& claim, policy::DnsFacts facts, const verify::Chain& chain,
                  const verify::Roots* roots) {
  ClientProof out;
  out.report.host = claim.name.text();
  out.report.level = policy::Level::dane_only;
  out.report.chain = chain;
  facts.names = {claim.name, claim.owner};
  policy::Demand demand;
  demand.level = policy::Level::dane_only;
  demand.peer_role = policy::PeerRole::client;
  const auto requirement = policy::decide(facts, demand);
  out.report.facts = std::move(facts);
  if (!requirement) {
    out.objection = claim.owner.text() + ": " + requirement.error().detail;
    out.report.error = requirement.error();
    return out;
  }
  out.report.verdict =
      verify::check(chain, *requirement, {client::wall_clock(), roots, {}});
  if (!verify::accepted(out.report.verdict->outcome)) {
    out.objection = claim.owner.text() + ": " + out.report.verdict->detail;
  }
  return out;
}

}  // namespace

io::Task<ClientProof> prove_client(resolver::Resolver& resolver, verify::Chain chain,
                                   std::string service, const ClientNames& listed,
                                   const verify::Roots* roots, io::TimePoint deadline) {
  ClientProof out;
  out.objection =
      "the client shows no certificate with a name, and no key that is listed";
  for (Claim& one : claims_in(chain, service, listed)) {
    if (io::Clock::now() >= deadline) {
      out.objection = "its names cannot be looked up in time";
      co_return out;
    }
    auto facts = co_await resolver::tlsa_records_at(resolver, one.owner);
    if (!facts) {
      out = {};
      out.report.host = one.name.text();
      out.report.error = facts.error();
      out.objection = facts.error().detail;
      continue;
    }
    out = judge(one, std::move(*facts), chain, roots);
    if (!out.objection) co_return out;
  }
  co_return out;
}

}  // namespace cli::sslserver
