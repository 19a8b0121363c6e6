// Why the steps stand in this order.
//
// Judge inside the handshake. The peer is judged before our Finished and before a single
// octet of ours is protected by keys that it has a part in (RFC 7672 3.2 leaves the time
// open). So a refused peer learns nothing but an alert, and a program behind sslclient
// can never have spoken to it.
//
// Look up while connecting. TLSA records, the addresses' DNSSEC state and the peer's
// greeting come from different machines; asked one after the other, a message waits for
// the sum of their delays. TCP, greeting and EHLO say nothing that depends on the
// records. The hello does: the server name is the TLSA base domain (RFC 7672 8.1), and
// raw public keys are offered only where every usable record is a DANE-EE one for the
// key. So the two ways join right before TLS is asked for. An attacker who delays the DNS
// gains a connection that waits, nothing else: without an answer there is an error, never
// a connection without TLS.
//
// The error of the look-up comes first. "The records are bogus" is what the administrator
// has to know, also where the host does not answer: it is what would have kept the mail
// back in any case.
#include "src/client/flow.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "src/client/decisions.h"
#include "src/io/abort.h"
#include "src/io/watchdog.h"

namespace client {
namespace {

/// One connection on its way; `begin` and `prove` are its halves.
class Attempt {
 public:
  Attempt(io::Loop& loop, const Options& options, Connection& out)
      : loop_(loop), options_(options), out_(out) {
    out_.seen = Seen();
  }

  /// Connects and speaks as far as can be spoken without the terms. `out.seen.error` is
  /// empty when it comes that far.
  io::Task<void> begin(std::vector<net::Endpoint> endpoints, io::Abort& abort);
  /// The first words on a socket that stands.
  io::Task<void> greet(io::Descriptor socket, io::Abort& abort);
  /// TLS and the judgement.
  io::Task<void> prove();
  /// Keeps what a connection that failed has to say, and closes it.
  void end(base::Error error);

 private:
  io::Task<base::Result<void>> ask_and_shake();
  io::Task<base::Result<void>> shake_hands();
  base::Result<std::unique_ptr<tls::Session>> make_session() const;
  base::Result<void> take_terms(const tls::Session& session);
  [[nodiscard]] io::TimePoint handshake_deadline() const;

  io::Loop& loop_;
  const Options& options_;
  Connection& out_;
  const io::TimePoint begin_ = io::Clock::now();
  std::optional<io::Watchdog> watchdog_;  // while the socket is open
};

void Attempt::end(base::Error error) {
  if (out_.opening) out_.seen.rejection = out_.opening->rejection();
  out_.seen.error = std::move(error);
  if (watchdog_ && watchdog_->barked()) {
    out_.seen.error = base::Error{base::ErrorKind::temporary, base::Code::timeout,
                                  "it takes longer than anybody waits"};
  }
  watchdog_.reset();
  out_.seen.took = io::Clock::now() - begin_;
  out_.opening.reset();
  out_.channel.reset();
}

io::Task<void> Attempt::begin(std::vector<net::Endpoint> endpoints, io::Abort& abort) {
  auto connected = co_await options_.dial(loop_, std::move(endpoints), options_.source,
                                          options_.connect, abort);
  out_.failures = std::move(connected.failures);
  if (!connected.socket) {
    end(out_.failures.empty() ? *Seen().error : out_.failures.back().error);
    co_return;
  }
  out_.peer = connected.peer;
  out_.local = connected.local;
  if (options_.on_connected) options_.on_connected(connected);
  co_await greet(std::move(connected.socket), abort);
}

io::Task<void> Attempt::greet(io::Descriptor socket, io::Abort& abort) {
  out_.seen.progress = Progress::connected;
  abort.watch(socket.get());
  if (options_.longest) watchdog_.emplace(loop_, socket.get(), *options_.longest);
  out_.channel = std::make_unique<tls::Channel>(loop_, std::move(socket));
  out_.opening = options_.opening();
  const auto greeted = co_await out_.opening->greet(*out_.channel);
  abort.watch(-1);
  if (!greeted) {
    end(greeted.error());
    co_return;
  }
  out_.seen.error.reset();
}

io::TimePoint Attempt::handshake_deadline() const {
  return io::Clock::now() + options_.handshake_limit - out_.opening->counted();
}

base::Result<std::unique_ptr<tls::Session>> Attempt::make_session() const {
  const policy::Requirement& requirement = out_.requirement;
  tls::Hello hello;
  hello.server_name = hello_name(out_, options_);
  hello.raw_keys =
      options_.raw_keys == tls::RawKeys::no ? tls::RawKeys::no : raw_keys(requirement);
  hello.key_usage =
      requirement.only_dane_ee ? tls::KeyUsage::leave_to_verify : tls::KeyUsage::enforce;
  if (options_.by_chain) hello.chain_port = out_.peer.port;
  if (options_.challenge) {
    hello.random = options_.challenge(out_.peer, hello.server_name);
  }
  return tls::make_client(options_.tls, hello);
}

/// The terms by what the server has brought in its hello. Nobody has signed that hello
/// yet: what is in it counts by the signatures of its zones, or not at all.
base::Result<void> Attempt::take_terms(const tls::Session& session) {
  const auto brought = session.dnssec_chain();
  if (!brought) return tl::unexpected(no_chain());
  auto terms = options_.by_chain(*brought);
  if (!terms) return tl::unexpected(terms.error());
  // On a second try it holds by what the first one left.
  auto required = out_.requirement.only_dane_ee ? despite_key_usage(terms->requirement)
                                                : std::optional(terms->requirement);
  if (!required) return tl::unexpected(no_dane_ee());
  out_.terms = std::move(*terms);
  out_.requirement = std::move(*required);
  return {};
}

io::Task<base::Result<void>> Attempt::shake_hands() {
  auto session = make_session();
  if (!session) co_return tl::unexpected(session.error());
  Seen& seen = out_.seen;
  seen.progress = Progress::tls_begun;
  base::Result<void> has_terms;
  const tls::Judge judge_now = [&](const verify::Chain& chain) {
    if (options_.by_chain) has_terms = take_terms(**session);
    if (!has_terms) return false;
    seen.verdict = judge(chain, out_, options_);
    return verify::accepted(seen.verdict->outcome);
  };
  const auto shaken = co_await (*session)->handshake(out_.channel->stream(), judge_now,
                                                     handshake_deadline());
  seen.dnssec_chain = (*session)->dnssec_chain();
  if (!has_terms) co_return has_terms;
  const bool is_refused = !shaken && shaken.error().code == base::Code::refused;
  if (!shaken && !is_refused) {
    seen.verdict.reset();  // the handshake broke off behind the judgement
    co_return shaken;
  }
  seen.chain = (*session)->chain();
  seen.transcript = (*session)->transcript();
  seen.session = (*session)->facts();
  if (is_refused) co_return tl::unexpected(refusal(*seen.verdict));
  seen.progress = Progress::established;
  out_.channel->use(std::move(*session));
  co_return co_await out_.opening->resume(*out_.channel);
}

io::Task<base::Result<void>> Attempt::ask_and_shake() {
  const auto next = co_await out_.opening->ask_for_tls(*out_.channel, out_.requirement);
  if (!next) co_return tl::unexpected(next.error());
  if (*next == NextStep::clear_text) co_return base::Result<void>();
  co_return co_await shake_hands();
}

io::Task<void> Attempt::prove() {
  auto proved = co_await ask_and_shake();
  if (!proved) end(std::move(proved.error()));
  watchdog_.reset();
  out_.seen.took = io::Clock::now() - begin_;
}

/// Looks the terms up; a failure ends the connection that is being made meanwhile.
io::Task<void> ask(const TermsLookup& look_up, base::Result<Terms>& out,
                   io::Abort& abort) {
  out = co_await look_up();
  if (!out) abort.request();
}

base::Error nothing_known() {
  return {base::ErrorKind::internal, base::Code::local, "nothing was tried"};
}

}  // namespace

Seen::Seen() : error(nothing_known()) {}

Dial tcp() {
  return [](io::Loop& loop, std::vector<net::Endpoint> endpoints, io::Source source,
            io::ConnectTimeouts timeouts, io::Abort& abort) {
    return io::connect_any(loop, std::move(endpoints), source, timeouts, abort);
  };
}

io::Task<Connection> reach(io::Loop& loop, std::vector<net::Endpoint> endpoints,
                           TermsLookup look_up, const Options& options) {
  using namespace asio::experimental::awaitable_operators;
  Connection out;
  base::Result<Terms> terms = tl::unexpected(nothing_known());
  io::Abort abort;
  {
    Attempt first(loop, options, out);
    auto asking = ask(look_up, terms, abort);
    auto beginning = first.begin(std::move(endpoints), abort);
    co_await (std::move(asking) && std::move(beginning));
    if (!terms) {
      if (out.opening) co_await out.opening->leave(*out.channel);
      first.end(std::move(terms.error()));
      co_return out;
    }
    out.terms = std::move(*terms);
    out.requirement = out.terms.requirement;
    if (out.is_good()) co_await first.prove();
  }
  while (goes_on(out, options)) {
    Attempt again(loop, options, out);
    std::vector<net::Endpoint> same_peer(1, out.peer);
    co_await again.begin(std::move(same_peer), abort);
    if (out.is_good()) co_await again.prove();
  }
  co_return out;
}

io::Task<Connection> secure(io::Loop& loop, io::Descriptor socket, Terms terms,
                            const Options& options) {
  Connection out;
  out.terms = std::move(terms);
  out.requirement = out.terms.requirement;
  io::Abort abort;
  Attempt attempt(loop, options, out);
  co_await attempt.greet(std::move(socket), abort);
  if (out.is_good()) co_await attempt.prove();
  co_return out;
}

}  // namespace client
