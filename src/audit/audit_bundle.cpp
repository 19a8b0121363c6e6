// What goes into the evidence of an audit, and how it comes out again.
//
// The answers of the DNS and the chains that peers signed stand in the bundle itself,
// where they can be proved. All else that an audit saw (replies, time-outs, what name
// servers said when they were asked directly, an MTA-STS policy) is a claim of whoever
// audited: it is written down as facts, without whatever the proofs say already. A replay
// looks everything up again in the answers, so that no claim can contradict them.
#include "src/audit/audit_bundle.h"

#include <algorithm>
#include <set>

#include "src/client/hello.h"
#include "src/evidence/assemble.h"
#include "src/evidence/bundle_bounds.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/peer_check.h"
#include "src/mail/mail_hosts.h"

namespace audit {
namespace {

using evidence::Json;

static_assert(2 * mail::kMostHosts + 1 <= evidence::kMostAgain,
              "what an accusation rests on would be left out");

std::string_view to_text(Probe probe) {
  if (probe == Probe::none) return "none";
  return probe == Probe::all ? "all" : "dane";
}

std::optional<Probe> probe_from_text(std::string_view text) {
  for (const Probe probe : {Probe::none, Probe::dane, Probe::all}) {
    if (to_text(probe) == text) return probe;
  }
  return std::nullopt;
}

Json about_of(const std::string& word, const SurveySettings& settings,
              bool with_trust_store) {
  return {{"command", "audit"},
          {"domain", base::to_utf8(word)},
          {"probe", to_text(settings.probe)},
          {"thorough", settings.thorough},
          {"publicOnly", settings.reach == Reach::public_only},
          {"trustStore", with_trust_store}};
}

/// A host without what the answers of the DNS say about it.
HostSeen claims_of(const HostSeen& host) {
  HostSeen out;
  out.name = host.name;
  out.addresses = host.addresses;
  out.no_route = host.no_route;
  out.out_of_reach = host.out_of_reach;
  out.servers = host.servers;
  out.servers_out_of_reach = host.servers_out_of_reach;
  out.untried = host.untried;
  return out;
}

/// What is made of one audit.
class Maker {
 public:
  Maker(const DomainAudit& audited, const SurveySettings& settings)
      : audited_(audited), settings_(settings) {}

  evidence::Bundle make(const std::string& verdict) {
    out_.about = evidence::canonical(
        about_of(audited_.item.word, settings_, settings_.sts_roots != nullptr));
    out_.moment = audited_.moment;
    out_.dns = evidence::dns_evidence(trails(), asked_again());
    DomainAudit claims;
    claims.item = audited_.item;
    claims.moment = audited_.moment;
    claims.seen.domain = audited_.seen.domain;
    claims.seen.sts_policy = audited_.seen.sts_policy;
    claims.seen.mx.hosts = audited_.seen.mx.hosts;
    for (const auto& host : audited_.seen.hosts) {
      auto less = std::make_shared<HostAudit>();
      less->seen = claims_of(host->seen);
      take_handshakes(host->seen, less->seen);
      moments_.push_back({{"name", host->seen.name.text()},
                          {"moment", host->moment.time_since_epoch().count()}});
      claims.seen.hosts.push_back(std::move(less));
    }
    StoredFacts facts;
    facts.add(claims, "");
    out_.facts = evidence::canonical({{"text", base::to_utf8(facts.text())},
                                      {"hosts", moments_},
                                      {"chains", chains_},
                                      {"milliseconds", audited_.took.count()},
                                      {"number", audited_.item.number}});
    const auto parsed = evidence::read_json(verdict);
    out_.verdict = evidence::canonical(parsed ? *parsed : Json());
    return std::move(out_);
  }

 private:
  /// What peers signed behind comes first, and stays if a later answer to the same
  /// question is another one.
  [[nodiscard]] std::vector<const evidence::Trail*> trails() const {
    std::vector<const evidence::Trail*> out;
    for (const auto& host : audited_.seen.hosts)
      out.push_back(host->seen.committed.get());
    for (const auto& host : audited_.seen.hosts) out.push_back(host->seen.trail.get());
    out.push_back(audited_.seen.trail.get());
    return out;
  }

  [[nodiscard]] std::vector<evidence::TrailAgain> asked_again() const {
    std::vector<evidence::TrailAgain> out;
    const auto add = [&out](const std::vector<evidence::TrailAgain>& again) {
      out.insert(out.end(), again.begin(), again.end());
    };
    for (const auto& host : audited_.seen.hosts) add(host->seen.again);
    add(audited_.seen.again);
    return out;
  }

  /// Puts what peers signed where it can be checked; what stands there is no claim.
  void take_handshakes(const HostSeen& host, HostSeen& claims) {
    if (!host.committed) return;
    const auto answers = evidence::indices_of(out_.dns, *host.committed);
    if (!answers) return;
    for (AddressSeen& address : claims.addresses) {
      for (Shown& shown : address.shown) {
        if (!shown.handshake || !evidence::ends_signed(shown.handshake->messages)) {
          continue;
        }
        evidence::Handshake peer = std::move(*shown.handshake);
        shown.handshake.reset();
        peer.host = host.name.text();
        peer.how = to_text(shown.how);
        peer.answers = *answers;
        if (octets_of(shown.chain) > 0) {
          chains_.push_back(out_.peers.size());
          shown.chain = {};
        }
        out_.peers.push_back(std::move(peer));
      }
    }
  }

  const DomainAudit& audited_;
  const SurveySettings& settings_;
  evidence::Bundle out_;
  Json moments_ = Json::array();
  Json chains_ = Json::array();
};

/// Whether a conversation that came to a good end has a chain for which nobody signed: a
/// certificate is public, and whoever has it can write it into a file.
bool has_claimed_proof(const HostSeen& host) {
  return std::ranges::any_of(host.addresses, [](const AddressSeen& address) {
    return std::ranges::any_of(address.shown, [](const Shown& shown) {
      return !shown.error && octets_of(shown.chain) > 0;
    });
  });
}

/// The address that a peer was met at, among those that were tried.
AddressSeen* address_of(std::vector<std::shared_ptr<HostSeen>>& hosts,
                        const evidence::Handshake& peer) {
  for (const auto& host : hosts) {
    if (host->name.text() != peer.host) continue;
    for (AddressSeen& address : host->addresses) {
      if (net::to_text(address.address) == peer.address) return &address;
    }
  }
  return nullptr;
}

/// Where a handshake belongs.
Shown* place_of(AddressSeen& address, const evidence::Handshake& peer) {
  for (Shown& shown : address.shown) {
    if (to_text(shown.how) == peer.how) return &shown;
  }
  return nullptr;
}

/// Gives each conversation what was signed in it, and compares what else is said of it.
class Placing {
 public:
  Placing(const evidence::Bundle& bundle,
          const std::vector<evidence::HandshakeProof>& proofs,
          std::vector<std::shared_ptr<HostSeen>>& hosts)
      : bundle_(bundle), proofs_(proofs), hosts_(hosts), placed_(proofs.size()) {}

  base::Result<void> give_chains(const std::vector<std::size_t>& which);
  base::Result<void> compare_others() const;

 private:
  [[nodiscard]] base::Result<Shown*> place(std::size_t i) const;

  const evidence::Bundle& bundle_;
  const std::vector<evidence::HandshakeProof>& proofs_;
  std::vector<std::shared_ptr<HostSeen>>& hosts_;
  std::vector<bool> placed_;  ///< peers whose chains are judged
};

base::Result<Shown*> Placing::place(std::size_t i) const {
  AddressSeen* address = address_of(hosts_, bundle_.peers[i]);
  Shown* shown = address == nullptr ? nullptr : place_of(*address, bundle_.peers[i]);
  if (shown == nullptr) return evidence::does_not_hold("facts: nobody shows this chain");
  if (!shown->session) return shown;
  const tls::SessionFacts& session = *shown->session;
  const auto other = evidence::what_differs(
      proofs_[i], {session.protocol, session.cipher, session.group});
  if (!other.empty()) return evidence::does_not_hold("facts: " + std::string(other));
  return shown;
}

base::Result<void> Placing::give_chains(const std::vector<std::size_t>& which) {
  for (const std::size_t i : which) {
    if (i >= proofs_.size()) return evidence::does_not_hold("facts: no such peer");
    const auto shown = place(i);
    if (!shown) return tl::unexpected(shown.error());
    if (octets_of((*shown)->chain) > 0) {
      return evidence::does_not_hold("facts: two chains for one conversation");
    }
    (*shown)->chain = proofs_[i].chain;
    placed_[i] = true;
  }
  return {};
}

/// A chain that is not judged is left out because it shows nothing new.
base::Result<void> Placing::compare_others() const {
  for (std::size_t i = 0; i < proofs_.size(); ++i) {
    if (placed_[i]) continue;
    const auto shown = place(i);
    if (!shown) return tl::unexpected(shown.error());
    const AddressSeen* address = address_of(hosts_, bundle_.peers[i]);
    if (!(*shown)->same_certificate ||
        same_leaf(proofs_[i].chain, usual(*address).chain)) {
      continue;
    }
    return evidence::does_not_hold("facts: another certificate is called the same");
  }
  return {};
}

}  // namespace

evidence::Bundle bundle_of(const DomainAudit& audited, const SurveySettings& settings,
                           const std::string& verdict) {
  return Maker(audited, settings).make(verdict);
}

namespace {

/// Whether a host was judged when it can have been: behind its handshakes, and before the
/// verdict. Certificates end, and who may choose the hour chooses whether this one has.
base::Result<void> check_moment(const evidence::Bundle& bundle, const dns::Name& host,
                                std::chrono::sys_seconds moment) {
  const auto clocks_differ = bundle.dns.skew.least;
  const bool late = moment > bundle.moment + clocks_differ;
  const bool early = std::ranges::any_of(bundle.peers, [&](const auto& peer) {
    return peer.host == host.text() && peer.moment - clocks_differ > moment;
  });
  if (!early && !late) return {};
  return evidence::does_not_hold("facts: " + host.text() + " was judged " +
                                 (early ? "before its handshakes" : "after the verdict"));
}

/// A whole number that JSON readers agree about (RFC 8259 6); nothing else becomes one.
std::optional<std::int64_t> small_number(const Json& value) {
  constexpr std::uint64_t kMost = (std::uint64_t{1} << 53U) - 1;
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMost) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

/// When each host of the facts was judged: all of them, in their order. Throws where a
/// member has another type.
base::Result<std::map<dns::Name, std::chrono::sys_seconds>> read_moments(
    const evidence::Bundle& bundle, const Json& hosts, const StoredAudit& stored) {
  if (!hosts.is_array() || hosts.size() != stored.hosts.size()) {
    return evidence::does_not_hold("facts: other hosts than were seen");
  }
  std::map<dns::Name, std::chrono::sys_seconds> out;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const dns::Name& name = stored.hosts[i]->name;
    if (hosts[i].size() != 2 || hosts[i].at("name") != name.text()) {
      return evidence::does_not_hold("facts: other hosts than were seen");
    }
    const auto seconds = small_number(hosts[i].at("moment"));
    if (!seconds) return evidence::does_not_hold("facts: a number that it may not be");
    const std::chrono::sys_seconds moment{std::chrono::seconds(*seconds)};
    if (auto good = check_moment(bundle, name, moment); !good) {
      return tl::unexpected(good.error());
    }
    out[name] = moment;
  }
  return out;
}

/// Throws where a member has another type.
base::Result<RecordedAudit> read_audit(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs) {
  RecordedAudit out;
  const Json about = Json::parse(bundle.about, nullptr, false);
  const Json facts = Json::parse(bundle.facts, nullptr, false);
  const auto probe = probe_from_text(about.value("probe", ""));
  if (!about.is_object() || about.value("command", "") != "audit" || !probe) {
    return evidence::does_not_hold("about: no audit");
  }
  out.item.word = about.value("domain", "");
  out.settings.probe = *probe;
  out.settings.thorough = about.value("thorough", false);
  out.settings.reach =
      about.value("publicOnly", false) ? Reach::public_only : Reach::everywhere;
  out.settings.retries = 0;
  out.with_trust_store = about.value("trustStore", false);
  if (about_of(out.item.word, out.settings, out.with_trust_store) != about) {
    return evidence::does_not_hold("about: not in its one form");
  }
  constexpr std::size_t kMembers = 5;
  if (!facts.is_object()) return evidence::does_not_hold("facts: no object");
  if (facts.size() != kMembers) return evidence::does_not_hold("facts: unknown members");
  const auto number = small_number(facts.at("number"));
  const auto milliseconds = small_number(facts.at("milliseconds"));
  if (!number || *number == 0 || !milliseconds) {
    return evidence::does_not_hold("facts: a number that it may not be");
  }
  out.item.number = static_cast<std::uint64_t>(*number);
  out.took = std::chrono::milliseconds(*milliseconds);
  auto stored = read_stored_facts(facts.value("text", ""));
  if (!stored) return evidence::does_not_hold("facts: " + stored.error().detail);
  if (stored->size() != 1) return evidence::does_not_hold("facts: not of one domain");
  out.facts.stored = std::move(stored->front());
  auto moments = read_moments(bundle, facts.at("hosts"), out.facts.stored);
  if (!moments) return tl::unexpected(moments.error());
  out.facts.moments = std::move(*moments);
  std::vector<std::shared_ptr<HostSeen>> hosts;
  for (const auto& host : out.facts.stored.hosts) {
    if (has_claimed_proof(*host)) {
      return evidence::does_not_hold("facts: a chain for which nobody signed");
    }
    hosts.push_back(std::make_shared<HostSeen>(*host));
  }
  Placing placing(bundle, proofs, hosts);
  std::vector<std::size_t> chains;
  const Json& listed = facts.at("chains");
  // A number would be gone through as if it stood in an array.
  if (!listed.is_array()) return evidence::does_not_hold("facts: chains is no array");
  for (const Json& one : listed) {
    const auto peer = small_number(one);
    if (!peer) return evidence::does_not_hold("facts: a number that it may not be");
    chains.push_back(static_cast<std::size_t>(*peer));
  }
  auto placed = placing.give_chains(chains);
  if (placed) placed = placing.compare_others();
  if (!placed) return tl::unexpected(placed.error());
  out.facts.stored.hosts.assign(hosts.begin(), hosts.end());
  return out;
}

}  // namespace

base::Result<RecordedAudit> recorded_audit(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs) {
  try {
    return read_audit(bundle, proofs);
  } catch (const Json::exception&) {
    return evidence::does_not_hold("about or facts: a member of another type");
  }
}

namespace {

base::Result<void> check_binding(const evidence::Bundle& bundle,
                                 const evidence::Handshake& peer, const HostSeen& host) {
  const std::string expected = peer.how == to_text(How::nameless)
                                   ? ""
                                   : client::server_name(host.tlsa, requirement(host));
  if (peer.server_name != expected) {
    return evidence::does_not_hold(peer.host + ": a handshake for another server name");
  }
  if (has_secure_records(host) &&
      !evidence::knew_records(bundle, peer, host.tlsa.owner)) {
    return evidence::does_not_hold(peer.host +
                                   ": a handshake before the TLSA records were known");
  }
  return {};
}

}  // namespace

base::Result<void> check_binding(const evidence::Bundle& bundle,
                                 const DomainSeen& again) {
  for (const evidence::Handshake& peer : bundle.peers) {
    const auto host = std::ranges::find_if(
        again.hosts, [&](const auto& one) { return one->seen.name.text() == peer.host; });
    if (host == again.hosts.end()) {
      return evidence::does_not_hold(peer.host + " is no mail host of the domain");
    }
    if (auto good = check_binding(bundle, peer, (*host)->seen); !good) return good;
  }
  return {};
}

}  // namespace audit
