#include "src/witness/recorded_contact.h"

#include <algorithm>
#include <utility>

#include "src/evidence/peer_check.h"

namespace witness {
namespace {

/// Whether all that a record speaks of is among the addresses that were to be tried.
bool is_among(const client::RecordedConnection& connection,
              const std::vector<net::Endpoint>& endpoints) {
  const auto is_known = [&](const net::Endpoint& one) {
    return std::ranges::find(endpoints, one) != endpoints.end();
  };
  return (!has_peer(connection) || is_known(connection.peer)) &&
         std::ranges::all_of(connection.failures, is_known, &io::ConnectFailure::peer);
}

/// Whether somebody was found to be who he has to be.
bool is_proved(const client::Connection& connection) {
  const auto& verdict = connection.seen.verdict;
  return connection.is_good() && verdict &&
         verdict->outcome != verify::Outcome::unauthenticated;
}

}  // namespace

client::Connection RecordedContact::complain(std::string why) {
  client::Connection out;
  out.seen.error = evidence::does_not_hold(std::move(why)).value();
  if (!complaint_) complaint_ = out.seen.error;
  return out;
}

/// Whether the peer of a handshake has signed behind the records, if they were looked up.
bool RecordedContact::knew(std::size_t handshake, const policy::DnsFacts& facts) const {
  const bool are_given = facts.are_pins || facts.owner.text().empty();
  if (are_given || facts.state != policy::TlsaState::present) return true;
  return evidence::knew_records(bundle_, bundle_.peers.at(handshake), facts.owner);
}

io::Task<client::Connection> RecordedContact::reach(const client::Target& target,
                                                    std::vector<net::Endpoint> endpoints,
                                                    client::TermsLookup terms,
                                                    const client::Options& options) {
  const std::string host = client::to_text(target.host);
  const std::string place = host + " port " + std::to_string(target.port);
  if (next_ == connections_.size()) {
    co_return complain("nothing was written down of a connection to " + place);
  }
  ConnectionFacts& facts = connections_[next_++];
  const bool is_here = facts.host == host && facts.port == target.port;
  if (!is_here || !is_among(facts.connection, endpoints)) {
    co_return complain("the addresses that were asked are not those of " + place);
  }
  client::Options by_then = options;
  by_then.moment = moment_;
  auto out = co_await client::reach_again(std::move(facts.connection), std::move(terms),
                                          by_then);
  if (!out) co_return complain(place + ": " + out.error().detail);
  for (const auto& handshake : facts.handshakes) {
    if (!handshake || knew(*handshake, out->terms.facts)) continue;
    co_return complain(place + ": a handshake before the TLSA records were known");
  }
  // A certificate is public: whoever has it can write it into a file.
  if (is_proved(*out) && !facts.handshakes.back()) {
    co_return complain(place + ": nobody signed for the peer that was reached");
  }
  co_return std::move(*out);
}

std::optional<base::Error> RecordedContact::complaint() const {
  if (complaint_ || next_ == connections_.size()) return complaint_;
  return evidence::does_not_hold("connections that nobody would have made").value();
}

}  // namespace witness
