// What goes into the evidence of a check, and how it comes out again.
//
// What was asked goes in as the words of the command line that a verdict depends on, and
// a replay reads them by the same table as the command does: so no demand is left out,
// and none means something else there. The words are a stranger's, though. Only these
// options are let in, none of which names a file; where the words do not come out octet
// for octet the same when they are written again, something else stands among them, and
// the command is not even asked what it means. A trust store goes in as a hash: whoever
// judges again has to have the same one, and says where it is himself.
#include "cli/dane/check_bundle.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/version.h"
#include "src/base/bytes.h"
#include "src/base/pem.h"
#include "src/evidence/assemble.h"
#include "src/evidence/canonical_json.h"
#include "src/evidence/peer_check.h"
#include "verify/hash.h"

namespace cli::dane {
namespace {

using evidence::Json;

/// The options that a verdict, or its words, depend on and that go into a bundle.
constexpr std::array<std::string_view, 11> kKept = {
    "srv",  "starttls", "policy", "record",  "name",         "dane-ee-names",
    "ipv4", "ipv6",     "first",  "verbose", "all-addresses"};

std::vector<std::string> kept_words(const Arguments& arguments) {
  std::vector<std::string> out;
  for (const Option& option : options_of(kCheck)) {
    if (std::ranges::find(kKept, option.name) == kKept.end()) continue;
    const std::string word = "--" + std::string(option.name);
    if (option.value_need() == Need::never) {
      if (arguments.has(option.name)) out.push_back(word);
      continue;
    }
    for (const std::string& value : arguments.values(option.name)) {
      out.push_back(word + "=" + base::to_utf8(value));
    }
  }
  return out;
}

Json about_of(const Arguments& arguments, const CheckJob& job) {
  Json out = {{"command", "check"},
              {"host", base::to_utf8(job.word)},
              {"options", kept_words(arguments)}};
  if (!job.service) out["port"] = job.target.port;
  if (job.roots) out["trustStore"] = base::to_base64(hash_of(*job.roots));
  return out;
}

/// What was told, what peers signed behind first: a later answer to the same question
/// does not take its place.
evidence::DnsEvidence dns_of(const Witness& witness) {
  std::vector<const evidence::Trail*> trails;
  for (const Witnessed& one : witness.connections())
    trails.push_back(one.committed.get());
  trails.push_back(&witness.trail());
  return evidence::dns_evidence(trails);
}

/// Puts what a peer signed where it can be checked; what stands there is no claim.
void take_handshakes(Witnessed one, evidence::Bundle& out,
                     std::vector<ConnectionFacts>& facts) {
  std::optional<std::vector<std::size_t>> answers;
  if (one.committed) answers = evidence::indices_of(out.dns, *one.committed);
  for (std::size_t i = 0; answers && i < one.handshakes.size(); ++i) {
    if (!one.handshakes[i]) continue;
    evidence::Handshake peer = std::move(*one.handshakes[i]);
    peer.answers = *answers;
    one.facts.handshakes[i] = out.peers.size();
    one.facts.connection.tries[i].chain = {};
    out.peers.push_back(std::move(peer));
  }
  facts.push_back(std::move(one.facts));
}

// --- reading

base::Result<Arguments> arguments_in(const Json& about,
                                     const std::optional<std::string>& trust_store) {
  const auto kept = about.at("options").get<std::vector<std::string>>();
  std::vector<std::string> words = kept;
  if (trust_store) words.push_back("--ca=" + *trust_store);
  words.insert(words.end(), {"--", about.at("host").get<std::string>()});
  if (about.contains("port")) {
    words.push_back(std::to_string(about.at("port").get<std::uint16_t>()));
  }
  const std::vector<Option> options = options_of(kCheck);
  auto out = Arguments::parse(words, options, "dane check");
  if (!out) return evidence::does_not_hold("about: " + out.error().detail);
  if (kept_words(*out) != kept) {
    return evidence::does_not_hold("about: options that are not for a replay");
  }
  return out;
}

base::Result<CheckJob> job_in(const Json& about,
                              const std::optional<std::string>& trust_store) {
  const bool with_store = about.contains("trustStore");
  if (with_store && !trust_store) {
    return usage_error("it was judged with a trust store: --ca FILE or DIRECTORY");
  }
  const auto arguments =
      arguments_in(about, with_store ? trust_store : std::optional<std::string>());
  if (!arguments) return tl::unexpected(arguments.error());
  auto job = check_job(*arguments);
  if (!job && job.error().code == base::Code::bad_trust_store) return job;
  if (!job) return evidence::does_not_hold("about: " + job.error().detail);
  if (about_of(*arguments, *job) == about) return job;
  const auto hash = job->roots ? base::to_base64(hash_of(*job->roots)) : "";
  if (with_store && about.at("trustStore").get<std::string>() != hash) {
    return usage_error("it was judged with another trust store than that of --ca");
  }
  return evidence::does_not_hold("about: not in its one form");
}

/// Gives each try the chain that was signed in its handshake.
base::Result<void> take_chains(const evidence::Bundle& bundle,
                               const std::vector<evidence::HandshakeProof>& proofs,
                               std::vector<ConnectionFacts>& connections) {
  std::size_t next = 0;  // they stand in their order, each once
  for (ConnectionFacts& facts : connections) {
    for (std::size_t i = 0; i < facts.handshakes.size(); ++i) {
      if (!facts.handshakes[i]) continue;
      const std::size_t index = *facts.handshakes[i];
      client::RecordedTry& one = facts.connection.tries[i];
      if (index != next++ || index >= proofs.size() || !one.session) {
        return evidence::does_not_hold("facts: handshakes in another order");
      }
      const evidence::Handshake& peer = bundle.peers[index];
      const net::Endpoint& place = facts.connection.peer;
      if (peer.address != net::to_text(place.address) || peer.port != place.port ||
          peer.host != facts.host || peer.how != "usual") {
        return evidence::does_not_hold("facts: a handshake with somebody else");
      }
      if (!evidence::is_of_version(proofs[index], one.session->protocol)) {
        return evidence::does_not_hold("facts: another version of TLS than was spoken");
      }
      one.chain = proofs[index].chain;
      one.server_name = proofs[index].server_name;
    }
  }
  if (next == proofs.size()) return {};
  return evidence::does_not_hold("facts: a handshake that is nobody's");
}

}  // namespace

evidence::Octets32 hash_of(const verify::Roots& roots) {
  std::vector<evidence::Octets32> all;
  for (const base::Bytes& one : roots.certificates()) {
    all.push_back(verify::sha256(one));
  }
  std::ranges::sort(all);
  base::Bytes joined;
  for (const auto& one : all) joined.insert(joined.end(), one.begin(), one.end());
  return verify::sha256(joined);
}

evidence::Bundle check_bundle(const Arguments& arguments, const CheckJob& job,
                              const Witness& witness, const std::string& verdict) {
  evidence::Bundle out;
  out.maker = "ucspi-dane " + std::string(kVersion);
  out.about = evidence::canonical(about_of(arguments, job));
  out.moment = witness.moment();
  out.dns = dns_of(witness);
  std::vector<ConnectionFacts> facts;
  for (const Witnessed& one : witness.connections()) take_handshakes(one, out, facts);
  out.facts = evidence::canonical({{"connections", to_facts(facts)}});
  const auto parsed = evidence::read_json(verdict);
  out.verdict = evidence::canonical(parsed ? *parsed : Json());
  return out;
}

base::Result<RecordedCheck> recorded_check(
    const evidence::Bundle& bundle, const std::vector<evidence::HandshakeProof>& proofs,
    const std::optional<std::string>& trust_store) {
  const Json about = Json::parse(bundle.about, nullptr, false);
  const Json facts = Json::parse(bundle.facts, nullptr, false);
  RecordedCheck out;
  try {
    auto job = job_in(about, trust_store);
    if (!job) return tl::unexpected(job.error());
    out.job = std::move(*job);
    if (facts.size() != 1) return evidence::does_not_hold("facts: unknown members");
    auto connections = connections_in(facts.at("connections"));
    if (!connections) return tl::unexpected(connections.error());
    out.connections = std::move(*connections);
  } catch (const Json::exception&) {
    return evidence::does_not_hold("about or facts: a member of another type, or none");
  }
  auto taken = take_chains(bundle, proofs, out.connections);
  if (!taken) return tl::unexpected(taken.error());
  return out;
}

}  // namespace cli::dane
