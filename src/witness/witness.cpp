// How connections are witnessed.
//
// Every answer that the program gets comes by way of a trail. When the terms of a
// connection are known, and before a hello is sent, the trail is completed with what
// proves it, and the random of the hello is made of all of that (evidence::Challenger):
// whoever signs the handshake has signed behind these answers. That holds where records
// are looked up while the connection stands up, too: no hello is sent before its terms
// are known.
//
// There is one verdict, and so each question has one answer in it, a failure too: with
// two, a replay could not tell which one the verdict was made of.
#include "src/witness/witness.h"

#include <algorithm>
#include <span>

#include "src/evidence/handshake_proof.h"

namespace witness {
namespace {

/// Whether a hello with its header has this random (RFC 8446 4, 4.1.2).
bool has_random(const base::Bytes& hello, const tls::Random& random) {
  constexpr std::size_t kBefore = 4 + 2;  // header, legacy_version
  return hello.size() >= kBefore + random.size() &&
         std::ranges::equal(base::ByteView(hello).subspan(kBefore, random.size()),
                            random);
}

bool is_same(const verify::Chain& a, const verify::Chain& b) {
  const auto* raw = std::get_if<verify::RawPublicKey>(&a);
  const auto* other = std::get_if<verify::RawPublicKey>(&b);
  if (raw != nullptr || other != nullptr) {
    return raw != nullptr && other != nullptr && raw->spki == other->spki;
  }
  return std::get<verify::Certificates>(a) == std::get<verify::Certificates>(b);
}

/// Whether whoever reads these messages finds that this chain was signed in them. Not all
/// handshakes have a signature, and what has none stays a claim.
bool proves(const std::vector<base::Bytes>& messages, const verify::Chain& chain) {
  const auto proof = evidence::prove_handshake(messages);
  return proof && proof->bound != evidence::Bound::nothing &&
         is_same(proof->chain, chain);
}

}  // namespace

Witness::Witness(io::Loop& loop, resolver::Resolver& resolver,
                 std::unique_ptr<resolver::Resolver> past_caches)
    : loop_(loop),
      plain_(resolver),
      through_(std::make_unique<evidence::TrailSource>(resolver.source(), trail_,
                                                       evidence::Failures::kept)),
      past_caches_(std::move(past_caches)) {}

io::Task<void> Witness::complete() {
  // Whoever wants an address asks the DNS nothing, and then there is nothing to prove.
  if (trail_.all().empty()) co_return;
  evidence::Trail whole = trail_;
  co_await evidence::complete(whole, plain_.source(), book_);
  for (const auto& [question, told] : whole.all()) {
    if (!trail_.find(question)) trail_.add(told);
  }
  proved_ = std::move(whole);
}

io::Task<void> Witness::ask_again() {
  const auto has_signed = [](const Witnessed& one) {
    return std::ranges::any_of(one.handshakes,
                               [](const auto& h) { return h.has_value(); });
  };
  if (!past_caches_ || std::ranges::none_of(connections_, has_signed)) co_return;
  const auto after = co_await evidence::ask_again(trail_, past_caches_->source());
  if (!after) co_return;
  auto before = evidence::unchanged(trail_, *after);
  if (before) again_ = {{moment_, std::move(before)}, {client::wall_clock(), after}};
}

io::Task<base::Result<client::Terms>> Witness::prove_terms(
    const client::TermsLookup& look_up, std::optional<evidence::Challenger>& challenger,
    Witnessed& out) {
  auto terms = co_await look_up();
  if (!terms) co_return terms;
  co_await complete();
  out.committed = std::make_shared<const evidence::Trail>(proved_);
  challenger = evidence::challenger_for(proved_, {});  // it stands in no run
  co_return terms;
}

io::Task<client::Connection> Witness::reach(const client::Target& target,
                                            std::vector<net::Endpoint> endpoints,
                                            client::TermsLookup terms,
                                            const client::Options& options) {
  Witnessed out;
  out.facts.host = client::to_text(target.host);
  out.facts.port = target.port;
  std::optional<evidence::Challenger> challenger;
  Begun begun;
  client::Options witnessed = options;
  witnessed.moment = moment_;
  witnessed.challenge = [&](const net::Endpoint& peer, const std::string& server_name) {
    evidence::Handshake handshake =
        challenger->begin(net::to_text(peer.address), peer.port, server_name);
    handshake.host = client::to_text(target.host);
    handshake.how = "usual";
    const tls::Random random = challenger->random_of(handshake);
    begun.emplace_back(random, std::move(handshake));
    return random;
  };
  const client::TermsLookup proved = [&] { return prove_terms(terms, challenger, out); };
  auto connection =
      co_await client::reach(loop_, std::move(endpoints), proved, witnessed);
  keep(connection, begun, std::move(out));
  co_return connection;
}

void Witness::keep(const client::Connection& connection, const Begun& begun,
                   Witnessed out) {
  out.facts.connection = client::recorded(connection);
  std::vector<const client::Seen*> all;
  for (const client::Seen& seen : connection.earlier) all.push_back(&seen);
  all.push_back(&connection.seen);
  for (const client::Seen* seen : all) {
    out.handshakes.emplace_back();
    out.facts.handshakes.emplace_back();
    const auto& messages = seen->transcript;
    if (!seen->session || messages.empty() || !proves(messages, seen->chain)) continue;
    const auto hello = std::ranges::find_if(
        begun, [&](const auto& one) { return has_random(messages.front(), one.first); });
    if (hello == begun.end()) continue;
    out.handshakes.back() = hello->second;
    out.handshakes.back()->messages = messages;
  }
  connections_.push_back(std::move(out));
}

}  // namespace witness
