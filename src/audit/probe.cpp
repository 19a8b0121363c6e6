#include "src/audit/probe.h"

#include <sys/socket.h>

#include <memory>

#include "src/audit/connect.h"
#include "src/audit/pause.h"
#include "src/io/interfaces.h"
#include "src/tls/priorities.h"
#include "verify/certificate.h"
#include "verify/key.h"

namespace audit {
namespace {

constexpr std::uint16_t kSmtp = 25;
constexpr unsigned kMostFaults = 30;  // of this machine, at one address
constexpr std::chrono::seconds kFaultWait{1};
constexpr int kMostInterrupted = 2;  // conversations that are held again
constexpr std::chrono::seconds kLongStall{1};
constexpr int kMostBusyReplies = 6;  // the time of so many, with a host
constexpr std::size_t kMostChainOctets = std::size_t{1024} * 1024;  // of a host
constexpr std::size_t kMostSignatures = 32;  // on a chain that is looked at beside

/// A connection that was made, and how it ended.
struct Attempt {
  std::optional<base::Error> error;
  mail::Facts facts;
  /// Nothing came in all the time that there was, before the peer could hear a name.
  bool in_vain = false;
  bool left_alone = false;         ///< nobody connected, for the reason of the error
  bool despite_key_usage = false;  ///< it came off at a second try only
};

/// Ends a connection when its time is over, however often a reply came just in time.
class Watchdog {
 public:
  Watchdog(io::Loop& loop, int socket, io::Duration span)
      : timer_(loop, span), barked_(std::make_shared<bool>(false)) {
    timer_.async_wait(
        [socket, barked = std::weak_ptr(barked_)](const asio::error_code& error) {
          const auto here = barked.lock();
          if (error || !here) return;
          *here = true;
          (void)shutdown(socket, SHUT_RDWR);
        });
  }
  [[nodiscard]] bool barked() const { return *barked_; }

 private:
  io::Timer timer_;
  std::shared_ptr<bool> barked_;  // the timer's last word may come when this has gone
};

io::Task<Attempt> converse(io::Loop& loop, const mail::Peer& peer, const mail::Ways& ways,
                           const policy::Requirement& requirement) {
  Attempt out;
  auto connected = co_await connect_to(loop, peer.endpoint, ways);
  if (!connected) {
    out.error = std::move(connected.error());
    out.in_vain = out.error->code == base::Code::timeout;
    if (out.error->code != base::Code::local) out.error->code = base::Code::connect;
    co_return out;
  }
  constexpr int kMostReplies = 4;  // that take as long as one may
  const int socket = connected->get();
  mail::Connection connection(loop, std::move(*connected), peer, ways, requirement,
                              mail::Judgement::look_only);
  const Watchdog watchdog(loop, socket, ways.remote_limit * kMostReplies);
  const auto opened = co_await connection.open();
  out.facts = connection.facts();
  if (opened) {
    co_await connection.client().quit();
    co_return out;
  }
  out.error = opened.error();
  if (watchdog.barked()) {
    out.error->code = base::Code::timeout;
    out.error->detail = "it takes longer than anybody waits";
  }
  out.in_vain = out.error->code == base::Code::timeout && !out.facts.tls_began;
  co_return out;
}

/// A conversation whose time is counted, with an address that is not left alone. One that
/// fails after this program was kept from running for long is held again: peers hang up
/// on who does not speak.
io::Task<Attempt> attempt(io::Loop& loop, Common& common, Probed probed,
                          const mail::Peer& peer, const mail::Ways& ways,
                          const policy::Requirement& requirement) {
  Attempt out;
  out.error = common.slow.find(peer.endpoint);
  out.left_alone = out.error.has_value();
  if (out.left_alone) co_return out;
  const io::TimePoint begin = io::Clock::now();
  for (int left = kMostInterrupted;; --left) {
    const io::Duration missed = io::Clock::missed();
    out = co_await converse(loop, peer, ways, requirement);
    const bool was_interrupted = io::Clock::missed() - missed >= kLongStall;
    const bool is_lost = out.error && out.error->code != base::Code::timeout;
    if (!was_interrupted || !is_lost || left == 0) break;
  }
  const io::Duration took = io::Clock::now() - begin;
  if (common.slow.is_slow(took)) probed.busy += took;
  common.slow.count(peer.endpoint, took);
  co_return out;
}

base::Error left_alone(base::Code code, std::string detail) {
  return {base::ErrorKind::temporary, code, std::move(detail)};
}

/// As `attempt`, and again without GnuTLS's word on key usage where DANE-EE allows that.
io::Task<Attempt> attempt_fully(io::Loop& loop, Common& common, Probed probed,
                                const mail::Peer& peer, const mail::Ways& ways) {
  auto done = co_await attempt(loop, common, probed, peer, ways, peer.requirement);
  if (!done.error || done.error->code != base::Code::key_usage) co_return done;
  const auto second = client::despite_key_usage(peer.requirement);
  if (!second) co_return done;
  done = co_await attempt(loop, common, probed, peer, ways, *second);
  done.despite_key_usage = !done.error;
  co_return done;
}

/// Whether a peer that was asked has refused for now, or was lost in a handshake: a
/// verdict on nothing but that must be seen twice.
bool may_change(const AddressFacts& facts) {
  if (!facts.error) return false;
  const bool said = base::about(facts.error->code) == base::About::handshake;
  const bool lost = facts.connection.tls_began && !said;
  return lost || facts.connection.rejection.severity() == 4;
}

/// Whether this machine had no means left to ask it.
bool is_our_fault(const AddressFacts& facts) {
  return facts.error && facts.error->code == base::Code::local;
}

/// The signatures of one kind of key alone: a server with two certificates then shows the
/// other one.
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

bool same(const verify::Chain& a, const verify::Chain& b) {
  const auto* left = std::get_if<verify::Certificates>(&a);
  const auto* right = std::get_if<verify::Certificates>(&b);
  return left != nullptr && right != nullptr && !left->empty() && !right->empty() &&
         left->front() == right->front();
}

/// The verdict on what another connection shows, if that is another certificate, and one
/// that is wrong for more than its names.
std::optional<verify::Verdict> verdict_on(const Attempt& other, AddressFacts& usual,
                                          const policy::Requirement& requirement) {
  if (!other.facts.session || same(other.facts.chain, usual.connection.chain)) {
    return std::nullopt;
  }
  usual.other_chains.push_back(other.facts.chain);
  verify::Context context{client::wall_clock(), nullptr, {}};
  context.budget.signatures = kMostSignatures;
  auto verdict = verify::check(other.facts.chain, requirement, context);
  if (verdict.reason == verify::Reason::name_mismatch) return std::nullopt;
  return verdict;
}

/// What is said on a connection after the first about STARTTLS, for good; or that there
/// was none.
void keep_later_error(const Attempt& done, AddressFacts& out) {
  if (done.left_alone) out.left_alone = done.error;
  const bool for_now = done.facts.rejection.severity() == 4;
  if (done.error && base::about(done.error->code) == base::About::starttls && !for_now) {
    out.later_error = done.error;
  }
}

/// Whether it is the server name that makes the difference, or the address shows now this
/// and now that.
io::Task<void> doubt_the_name(io::Loop& loop, Common& common, Probed probed,
                              const mail::Peer& named, const mail::Peer& nameless,
                              AddressFacts& out) {
  const auto pass = co_await common.limits.enter(loop, out.address);
  const auto& ways = common.settings.ways;
  const auto again =
      co_await attempt(loop, common, probed, nameless, ways, nameless.requirement);
  keep_later_error(again, out);
  if (again.left_alone) {
    out.without_name.reset();
    co_return;
  }
  if (again.facts.session && same(again.facts.chain, out.connection.chain)) {
    out.once_more = std::move(out.without_name);
    out.without_name.reset();
    co_return;
  }
  const auto with_name =
      co_await attempt(loop, common, probed, named, ways, named.requirement);
  keep_later_error(with_name, out);
  if (with_name.left_alone) out.without_name.reset();
  out.once_more = verdict_on(with_name, out, named.requirement);
}

/// What the address shows to those who ask otherwise (RFC 7672 8.1, RFC 7671 8).
io::Task<void> ask_otherwise(io::Loop& loop, Common& common, Probed probed,
                             const mail::Peer& peer, AddressFacts& out) {
  mail::Peer nameless = peer;
  nameless.facts.names.clear();
  {
    const auto pass = co_await common.limits.enter(loop, out.address);
    auto done = co_await attempt(loop, common, probed, nameless, common.settings.ways,
                                 nameless.requirement);
    out.without_name = verdict_on(done, out, peer.requirement);
    keep_later_error(done, out);
    // A connection that is lost, or refused before, may have other reasons.
    if (done.error && done.error->code == base::Code::handshake) {
      out.nameless_error = std::move(done.error);
    }
  }
  if (out.without_name && !verify::accepted(out.without_name->outcome)) {
    co_await doubt_the_name(loop, common, probed, peer, nameless, out);
  }
  mail::Ways ways = common.settings.ways;
  ways.tls.priorities = priorities_without(has_rsa_key(out.connection.chain));
  const auto pass = co_await common.limits.enter(loop, out.address);
  const auto done = co_await attempt_fully(loop, common, probed, peer, ways);
  out.other_key = verdict_on(done, out, peer.requirement);
  keep_later_error(done, out);
}

/// What was heard before stays; of an address that was silent under another name, all
/// that there is to say is that.
void leave_alone(const base::Error& why, AddressFacts& out) {
  const bool is_first = !out.error || is_our_fault(out);
  if (!is_first || why.code == base::Code::too_slow) out.left_alone = why;
  if (is_first) out.error = why;
}

}  // namespace

io::Task<void> probe_address(io::Loop& loop, Common& common, Probed probed,
                             AddressFacts& out) {
  HostFacts& host = probed.host;
  mail::Peer peer;
  peer.endpoint = {out.address, kSmtp};
  peer.facts = host.tlsa;
  peer.requirement = host.requirement;
  unsigned refusals = 0, faults = 0;
  for (;;) {
    {
      const auto pass = co_await common.limits.enter(loop, out.address);
      if (probed.busy > common.settings.ways.remote_limit * kMostBusyReplies) {
        leave_alone(left_alone(base::Code::too_slow, "its host takes too long"), out);
        break;
      }
      auto done =
          co_await attempt_fully(loop, common, probed, peer, common.settings.ways);
      if (done.left_alone) {
        leave_alone(*done.error, out);
        break;
      }
      if (done.in_vain) common.slow.give_up(peer.endpoint, *done.error);
      out.error = std::move(done.error);
      out.connection = std::move(done.facts);
      out.despite_key_usage = done.despite_key_usage;
    }
    if (is_our_fault(out) && ++faults < kMostFaults) {
      co_await wait_politely(loop, kFaultWait);
    } else if (may_change(out) && refusals++ < common.settings.retries) {
      co_await wait_politely(loop, common.settings.retry_wait);
    } else {
      break;
    }
  }
  const std::size_t octets = octets_of(out.connection.chain);
  host.chain_octets += octets;
  if (octets > 0 && host.chain_octets > kMostChainOctets) {
    out.connection = {};
    out.error = left_alone(base::Code::too_much, "chains too large");
  }
  const bool dane = host.tlsa.state == policy::TlsaState::present;
  if (common.settings.thorough && dane && !out.error && out.connection.session) {
    co_await ask_otherwise(loop, common, probed, peer, out);
    for (const auto& chain : out.other_chains) host.chain_octets += octets_of(chain);
  }
}

}  // namespace audit
