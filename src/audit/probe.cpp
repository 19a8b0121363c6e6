// The probe is the hand of the audit: it connects, says what a sender says, and writes
// down what comes back. What it asks is chosen by next_question.cpp, what it means is
// found out by judge.cpp; neither does I/O, so that both can be tested without a network
// and judge a written record again.
//
// It goes the way of a delivery (client/flow.h), for a second client would one day
// disagree with the first, and an audit that says "proved" of a host that mail does not
// get to is worse than none. Two things differ. A peer that proves nothing is looked at
// all the same, up to the end of the handshake, since its certificate is what the owner
// must see. And nothing is sent: after the second EHLO comes QUIT.
//
// Strangers decide how long all this takes, and an audit has a million of them to talk
// to. So there are bounds, each against one of them:
//  - each conversation ends after the time of four replies, however often the next reply
//    comes just in time (a tarpit that sends a line a minute);
//  - an address that was silent all the time that there was is given up for ten minutes,
//    whatever name leads to it (thousands of domains on one dead machine);
//  - slow conversations add up, over all domains at an address, and over all addresses at
//    a host; beyond a sum they are left alone, and the report says so (host-slow), for
//    what was not asked must not look like what is in order;
//  - all chains of a host together may have a MiB, for they are kept until it is judged.
//
// A sender that hangs up on somebody who does not speak would blame its own sleep: when
// this process was kept from running in the middle of a conversation that then failed,
// the conversation is held again.
#include "src/audit/probe.h"

#include <utility>

#include "src/audit/pause.h"
#include "src/tls/priorities.h"
#include "verify/certificate.h"
#include "verify/key.h"

namespace audit {

/// A conversation, or why none was held.
struct AddressProbe::Attempt {
  Shown shown;
  std::optional<Silence> left_alone;  ///< nobody connected
  std::vector<io::Duration> took;     ///< by each connection that was made
};

/// Whom to speak to and how, for one kind of question.
struct AddressProbe::Way {
  How how = How::usual;
  mail::Peer peer;
  mail::Options ways;
};

namespace {

constexpr std::uint16_t kSmtp = 25;
constexpr int kMostInterrupted = 2;  // conversations that are held again
constexpr std::chrono::seconds kLongStall{1};
constexpr int kMostReplies = 4;  // in a conversation, that take as long as one may

/// What a conversation has shown: the one place that knows what a flow tells. The secrets
/// of the session are not kept, for nobody judges them.
Shown shown_by(const client::Connection& connection) {
  const client::Seen& seen = connection.seen;
  Shown out;
  out.error = seen.error;
  out.connected = seen.progress != client::Progress::nothing;
  out.tls_began = seen.tls_began();
  if (seen.progress == client::Progress::established) out.session = seen.session;
  if (out.session) {
    out.session->exporter = {};
    out.session->session_id = {};
  }
  out.chain = seen.chain;
  out.rejection = seen.rejection;
  out.despite_key_usage = connection.is_good() && connection.requirement.only_dane_ee;
  return out;
}

/// The signature schemes of one kind of key alone: a server with two certificates then
/// shows the other one.
std::string priorities_without(bool rsa) {
  const std::string others =
      rsa ? ":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SHA256"
            ":+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SHA384:+SIGN-EdDSA-Ed25519"
          : ":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256:+SIGN-RSA-PSS-RSAE-SHA384"
            ":+SIGN-RSA-SHA384";
  return tls::default_priorities() + ":-SIGN-ALL" + others;
}

bool has_rsa_key(const verify::Chain& chain) {
  const auto* certificates = std::get_if<verify::Certificates>(&chain);
  if (certificates == nullptr || certificates->empty()) return false;
  const auto leaf = verify::parse_certificate(certificates->front());
  return leaf && verify::rsa_key(leaf->spki).has_value();
}

bool timed_out(const Shown& shown) {
  return shown.error && shown.error->code == base::Code::timeout;
}

/// Whether nothing came in all the time that there was, before the peer could hear a
/// name: no other name will make it speak.
bool was_in_vain(const Shown& shown) { return timed_out(shown) && !shown.tls_began; }

base::Error not_asked(base::Code code, std::string detail) {
  return {base::ErrorKind::temporary, code, std::move(detail)};
}

}  // namespace

AddressProbe::AddressProbe(io::Loop& loop, Common& common, const HostSeen& host,
                           HostCost& cost, AddressSeen& out)
    : loop_(loop),
      common_(common),
      host_(host),
      requirement_(requirement(host)),
      cost_(cost),
      out_(out) {}

AddressProbe::Way AddressProbe::way(How how) const {
  Way out{how, {}, common_.settings.ways};
  out.peer.endpoint = {out_.address, kSmtp};
  out.peer.facts = host_.tlsa;
  out.peer.requirement = requirement_;
  if (how == How::nameless) out.peer.facts.names.clear();
  if (how == How::other_key) {
    out.ways.tls.priorities = priorities_without(has_rsa_key(usual(out_).chain));
  }
  return out;
}

/// A conversation up to where a message could be handed over. Where GnuTLS breaks the
/// handshake off for the key usage of the leaf, the flow makes a second one without its
/// word on that, if DANE-EE may prove the peer. Certificates are asked for, as by most
/// senders: Postfix since 3.9 sends its key alone to who takes that (RFC 7250), and what
/// is wrong with its certificates would not be seen.
io::Task<AddressProbe::Attempt> AddressProbe::converse(const Way& way) {
  client::Options options = mail::flow_options(way.ways, mail::TlsStart::starttls);
  options.enforcement = client::Enforcement::look_only;
  options.raw_keys = tls::RawKeys::no;
  options.longest = way.ways.remote_limit * kMostReplies;
  const bool by_name = way.how == How::usual || way.how == How::other_key;
  if (!by_name) options.second_tries.key_usage = client::DespiteKeyUsage::never;
  std::optional<evidence::Handshake> challenged;  // the last of them
  if (challenger_ != nullptr) {
    options.challenge = [&](const net::Endpoint& peer, const std::string& server_name) {
      challenged = challenger_->begin(net::to_text(peer.address), peer.port, server_name);
      return challenger_->random_of(*challenged);
    };
  }
  const std::vector<net::Endpoint> one(1, way.peer.endpoint);
  auto terms = client::known(mail::terms_for(way.peer));
  auto connection = co_await client::reach(loop_, one, std::move(terms), options);
  Attempt out;
  out.shown = shown_by(connection);
  if (challenged && !connection.seen.transcript.empty()) {
    challenged->messages = connection.seen.transcript;
    out.shown.handshake = std::move(challenged);
  }
  for (const client::Seen& earlier : connection.earlier) out.took.push_back(earlier.took);
  const io::TimePoint leaving = io::Clock::now();
  if (connection.is_good()) co_await mail::smtp_client(connection).quit();
  out.took.push_back(connection.seen.took + (io::Clock::now() - leaving));
  co_return out;
}

/// A conversation whose time is counted, with an address that is not left alone.
io::Task<AddressProbe::Attempt> AddressProbe::converse_in_turn(const Way& way) {
  Attempt out;
  out.left_alone = common_.slow.find(way.peer.endpoint);
  if (out.left_alone) co_return out;
  for (int left = kMostInterrupted;; --left) {
    const io::Duration missed = io::Clock::missed();
    out = co_await converse(way);
    for (const io::Duration took : out.took) {
      if (common_.slow.is_slow(took)) cost_.busy += took;
      common_.slow.count(way.peer.endpoint, took);
    }
    const bool was_interrupted = io::Clock::missed() - missed >= kLongStall;
    const bool is_lost =
        out.shown.error && !(out.shown.connected && timed_out(out.shown));
    if (!was_interrupted || !is_lost || left == 0) break;
  }
  co_return out;
}

/// What was heard before stays; where that is nothing, all that there is to say is why.
void AddressProbe::leave_alone(const Silence& why, How how) {
  const Shown& last = usual(out_);
  const bool is_first = how == How::usual && last.error && is_our_fault(*last.error);
  if (!is_first || why.error.code == base::Code::too_slow) out_.left_alone = why.error;
  if (!is_first) return;
  Shown none;
  none.error = why.error;
  none.connected = why.connected;
  add_shown(out_, std::move(none));
}

io::Task<void> AddressProbe::ask(Question question) {
  if (question.wait.count() > 0) co_await wait_politely(loop_, question.wait);
  const auto pass = co_await common_.limits.enter(loop_, out_.address);
  const bool is_usual = question.how == How::usual;
  if (is_usual && takes_too_long(cost_, common_.settings.ways.remote_limit)) {
    leave_alone({not_asked(base::Code::too_slow, "its host takes too long"), false},
                question.how);
    co_return;
  }
  const Way asked = way(question.how);
  auto done = co_await converse_in_turn(asked);
  if (done.left_alone) {
    leave_alone(*done.left_alone, question.how);
    co_return;
  }
  if (is_usual && was_in_vain(done.shown)) {
    common_.slow.give_up(asked.peer.endpoint, {*done.shown.error, done.shown.connected});
  }
  done.shown.how = question.how;
  add_shown(out_, std::move(done.shown));
  if (!is_usual) cost_.chain_octets += octets_of(out_.shown.back().chain);
}

/// Counts the usual chain, and throws away what is beyond the bound of its host.
void AddressProbe::count_chain(Shown& shown) {
  const std::size_t octets = octets_of(shown.chain);
  cost_.chain_octets += octets;
  if (octets == 0 || !shows_too_much(cost_)) return;
  shown = {};
  shown.error = not_asked(base::Code::too_much, "chains too large");
}

io::Task<void> AddressProbe::run() {
  bool is_counted = false;
  for (;;) {
    const QuestionContext context{host_, common_.settings, client::wall_clock()};
    const auto question = next_question(out_, context);
    const bool is_settled = !question || question->how != How::usual;
    if (is_settled && !std::exchange(is_counted, true)) {
      if (!out_.shown.empty()) count_chain(out_.shown.front());
      continue;
    }
    if (!question) co_return;
    co_await ask(*question);
  }
}

}  // namespace audit
