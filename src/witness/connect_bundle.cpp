// What goes into the evidence of one connection, and how it comes out again.
//
// Several programs make one connection, each with options of its own. So what was wanted
// goes in as values, not as the words of a command line: all that the way to the peer and
// the judgement depend on, and nothing that names a file. Where it does not come out
// octet for octet the same when it is written again, something else stands there, and
// nothing is judged. A trust store goes in as a hash: whoever judges again has to have
// the same one.
#include "src/witness/connect_bundle.h"

#include <utility>

#include "src/base/bytes.h"
#include "src/base/pem.h"
#include "src/witness/demand_json.h"

namespace witness {
namespace {

using client::Addresses;
using client::ClearTextAfterFailure;
using client::DespiteKeyUsage;
using client::ServerName;
using evidence::Json;

constexpr std::string_view kCommand = "connect";

const char* to_text(Addresses addresses) {
  if (addresses == Addresses::ipv4) return "ipv4";
  return addresses == Addresses::ipv6 ? "ipv6" : "all";
}

bool are_asked_for(const client::Target& target) {
  return target.families == resolver::Families::both;
}

Json about_of(const client::Wanted& wanted, const client::Options& options) {
  Json out = {{"command", kCommand},
              {"host", base::to_utf8(wanted.word)},
              {"port", wanted.target.port},
              {"addresses", to_text(wanted.addresses)},
              {"ipv6", are_asked_for(wanted.target)},
              {"sendName", options.hello == ServerName::always ? "always" : "dane"},
              {"demand", to_value(wanted.demand)}};
  if (options.server_name) out["serverName"] = base::to_utf8(*options.server_name);
  if (wanted.roots != nullptr) {
    out["trustStore"] = base::to_base64(hash_of(*wanted.roots));
  }
  return out;
}

// --- reading: what is no such thing comes out otherwise when it is written

Addresses addresses_in(const Json& about) {
  const std::string word = about.at("addresses").get<std::string>();
  if (word == "ipv4") return Addresses::ipv4;
  return word == "ipv6" ? Addresses::ipv6 : Addresses::all;
}

base::Result<RecordedConnect> read(const Json& about, const verify::Roots* roots) {
  RecordedConnect out;
  out.wanted.word = about.at("host").get<std::string>();
  auto host = client::parse_host(out.wanted.word);
  if (!host) return evidence::does_not_hold("about: " + host.error().detail);
  out.wanted.target.host = std::move(*host);
  out.wanted.target.port = about.at("port").get<std::uint16_t>();
  out.wanted.target.families = about.at("ipv6").get<bool>() ? resolver::Families::both
                                                            : resolver::Families::v4_only;
  out.wanted.addresses = addresses_in(about);
  auto demand = demand_in(about.at("demand"));
  if (!demand) return tl::unexpected(demand.error());
  out.wanted.demand = std::move(*demand);
  out.wanted.roots = roots;
  const bool always = about.at("sendName").get<std::string>() == "always";
  out.options.hello = always ? ServerName::always : ServerName::dane_only;
  if (about.contains("serverName")) {
    out.options.server_name = about.at("serverName").get<std::string>();
  }
  return out;
}

base::Result<RecordedConnect> checked(const Json& about, const TrustShelf& stores) {
  const auto store = stores.named_in(about);
  if (!store) return tl::unexpected(store.error());
  auto out = read(about, *store == nullptr ? nullptr : &(*store)->roots);
  if (!out || about_of(out->wanted, out->options) == about) return out;
  return evidence::does_not_hold("about: not in its one form");
}

}  // namespace

evidence::Bundle connect_bundle(const client::Wanted& wanted,
                                const client::Options& options, const Witness& witness,
                                const client::Report& report, std::string maker) {
  return bundle_of(
      witness, {std::move(maker), about_of(wanted, options), client::to_json(report)});
}

base::Result<RecordedConnect> recorded_connect(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    const TrustShelf& stores) {
  try {
    auto out = checked(Json::parse(bundle.about, nullptr, false), stores);
    if (!out) return out;
    auto connections = connections_of(bundle, proofs);
    if (!connections) return tl::unexpected(connections.error());
    out->connections = std::move(*connections);
    return out;
  } catch (const Json::exception&) {
    return evidence::does_not_hold("about: a member of another type, or none");
  }
}

}  // namespace witness
