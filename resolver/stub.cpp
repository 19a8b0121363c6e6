// Whose AD bit is believed.
//
// An audit of millions of domains that checks every signature twice, here and in the
// resolver next door, is no more certain for it. So it may believe a resolver (RFC 4035
// 4.9.3): the AD bit of its answer is one bit in a datagram, and whoever can put a
// datagram in front of this process can set it. RFC 7672 2.1.1 therefore wants a secure
// channel, and the one that needs no setting up is this machine itself: a loopback
// address, and no other. An administrator who names a resolver across the room is
// refused, not warned.
//
// A resolver on this machine may still not validate. Some forward and copy nothing, some
// have no trust anchor, some were started with validation off for one bad day and stayed
// so. From such a one every answer is without AD, which is insecure, which is "no DANE"
// for the whole world without a word. So each resolver is asked for the keys of the root
// first, which are signed if anything is, and is believed only while it has shown them
// with AD: for a minute, and no longer than it answers. One that falls silent may come
// back as another one, at the same port with another configuration, so that it is checked
// anew. What fails the check is an error, `not_validating`; it is not insecure.
//
// SERVFAIL has two meanings that a stub must keep apart (RFC 4035 5.5): the name servers
// fail, or the signatures are bad. The same question with CD set tells: who answers it
// without checking, and fails it with, finds the answer bogus. But a failure may be over
// when it is asked for again, so it is asked a third time with checking; only what
// fails both times is bogus. What comes with CD set is never used as an answer: nobody
// has checked it.
//
// Resolvers are asked one after the other, each with its share of the time that is left,
// so that a dead one does not take it all. Datagrams are lost on loopback too, when
// buffers are full, and are sent again. A number that is hard to guess and the repeated
// question are asked of each answer all the same: other users of this machine can send
// datagrams.
#include "resolver/stub.h"

#include <array>
#include <asio/ip/udp.hpp>
#include <asio/redirect_error.hpp>
#include <optional>
#include <unordered_map>

#include "resolver/exchange.h"
#include "resolver/message.h"
#include "resolver/way.h"

namespace resolver {
namespace {

using asio::ip::udp;
using base::ErrorKind;

constexpr std::uint16_t kAsked = kRecursionDesired | kAuthenticData;
constexpr std::uint16_t kUnchecked = kAsked | kCheckingDisabled;

tl::unexpected<base::Error> failed(base::Code code, std::string detail) {
  return base::fail(ErrorKind::temporary, code, std::move(detail));
}

/// When one of so many that are left has had its part of the time.
io::TimePoint share_of(io::TimePoint deadline, std::size_t left) {
  const auto now = io::Clock::now();
  return now + (deadline - now) / static_cast<int>(left);
}

}  // namespace

/// A socket to one resolver, and the questions that wait for it.
class Stub::Channel {
 public:
  explicit Channel(io::Loop& loop, net::Endpoint server)
      : loop_(loop), server_(server), socket_(loop) {}

  [[nodiscard]] net::Endpoint server() const { return server_; }
  /// Whether it has been seen to validate lately.
  [[nodiscard]] bool is_checked() const { return io::Clock::now() < checked_until_; }
  void set_checked(bool good) {
    constexpr std::chrono::minutes kSpan{1};
    checked_until_ = good ? io::Clock::now() + kSpan : io::TimePoint();
  }

  [[nodiscard]] base::Result<void> open() {
    constexpr int kBuffer = 1 << 20;
    const udp::endpoint peer(to_asio(server_.address), server_.port);
    asio::error_code error;
    socket_.open(peer.protocol(), error);
    asio::error_code ignored;
    socket_.set_option(udp::socket::receive_buffer_size(kBuffer), ignored);
    if (!error) socket_.connect(peer, error);
    if (!error) socket_.non_blocking(true, error);
    if (error) return base::fail(ErrorKind::internal, base::Code::local, error.message());
    wait();
    return {};
  }

  /// Sends the query, and again after a while, until there is an answer.
  [[nodiscard]] io::Task<base::Result<base::Bytes>> exchange(base::Bytes query,
                                                             io::TimePoint deadline) {
    constexpr std::array<std::chrono::seconds, 3> kWaits = {
        std::chrono::seconds(1), std::chrono::seconds(2), std::chrono::seconds(4)};
    const auto number = free_number();
    if (!number) co_return failed(base::Code::io, "too many questions at once");
    set_number(query, *number);
    Question question{query, io::Timer(loop_), {}};
    const Place place(waiting_, *number, question);
    for (std::size_t i = 0;; ++i) {
      asio::error_code error;
      socket_.send(asio::buffer(query), 0, error);  // what is not sent is sent again
      const auto now = io::Clock::now();
      const auto next = i < kWaits.size() ? now + kWaits.at(i) : deadline;
      question.timer.expires_at(std::min(next, deadline));
      co_await question.timer.async_wait(asio::redirect_error(io::kResume, error));
      if (question.message.empty()) receive_all();  // it may lie there since long
      if (!question.message.empty()) co_return std::move(question.message);
      // Who refuses now may be about to start: it is as if the datagram had been lost.
      if (io::Clock::now() >= deadline) {
        co_return failed(
            base::Code::timeout,
            refusal_ ? "no answer in time: " + refusal_.message() : "no answer in time");
      }
    }
  }

 private:
  struct Question {
    const base::Bytes& query;
    io::Timer timer;
    base::Bytes message;
  };

  /// By their numbers. Shared, for a loop that ends in the middle of its conversations
  /// forgets them when the channel has gone.
  using Waiting = std::unordered_map<std::uint16_t, Question*>;

  /// A question among those that wait.
  class Place {
   public:
    Place(std::shared_ptr<Waiting> waiting, std::uint16_t number, Question& question)
        : waiting_(std::move(waiting)), number_(number) {
      waiting_->emplace(number, &question);
    }
    ~Place() { waiting_->erase(number_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    std::shared_ptr<Waiting> waiting_;
    std::uint16_t number_;
  };

  [[nodiscard]] std::optional<std::uint16_t> free_number() const {
    constexpr std::size_t kMost = 32'768;  // half of all: a free one is soon found
    if (waiting_->size() >= kMost) return std::nullopt;
    for (;;) {
      const std::uint16_t number = random_number();
      if (!waiting_->contains(number)) return number;
    }
  }

  void wait() {
    socket_.async_wait(udp::socket::wait_read, [this](const asio::error_code& error) {
      if (error) return;  // the channel is going
      receive_all();
      wait();
    });
  }

  void receive_all() {
    for (;;) {
      asio::error_code error;
      const std::size_t size = socket_.receive(asio::buffer(buffer_), 0, error);
      if (error == asio::error::would_block) return;
      refusal_ = error;
      if (error) return;
      take(base::ByteView(buffer_).first(size));
    }
  }

  void take(base::ByteView message) {
    if (message.size() < 2) return;
    const auto at = waiting_->find(number_of(message));
    if (at == waiting_->end() || !at->second->message.empty()) return;
    if (!is_answer(message, at->second->query)) return;
    at->second->message.assign(message.begin(), message.end());
    at->second->timer.cancel();
  }

  io::Loop& loop_;
  net::Endpoint server_;
  udp::socket socket_;
  asio::error_code refusal_;  // what the last datagram met with, if nobody took it
  io::TimePoint checked_until_;
  std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
  std::array<std::byte, 65'536> buffer_{};
};

Stub::Stub(io::Loop& loop, Config config) : loop_(loop), config_(std::move(config)) {}

Stub::~Stub() = default;

base::Result<std::unique_ptr<Stub>> Stub::create(io::Loop& loop, const Config& config) {
  const auto way = way_of(config);
  if (!way) return tl::unexpected(way.error());
  std::unique_ptr<Stub> out(new Stub(loop, config));
  for (const std::string& server : way->servers) {
    const auto endpoint = server_of(server);
    if (!endpoint || !net::is_loopback(endpoint->address)) {
      return base::fail(ErrorKind::usage, base::Code::bad_forwarder,
                        server + " is not on this machine: its AD bit is not believed");
    }
    out->channels_.push_back(std::make_unique<Channel>(loop, *endpoint));
    if (auto open = out->channels_.back()->open(); !open) {
      return tl::unexpected(open.error());
    }
  }
  if (out->channels_.empty()) {
    return base::fail(
        ErrorKind::usage, base::Code::bad_forwarder,
        "there is no resolver on this machine whose AD bit could be believed");
  }
  return out;
}

io::Task<base::Result<base::Bytes>> Stub::exchange_with(Channel& channel,
                                                        base::Bytes query,
                                                        io::TimePoint deadline) {
  auto out = co_await channel.exchange(query, deadline);
  if (out && is_cut(*out)) {
    out = co_await by_tcp(loop_, channel.server(), query, deadline);
  }
  if (!out) channel.set_checked(false);  // who comes back may be another one
  co_return out;
}

io::Task<base::Result<void>> Stub::check(Channel& channel, io::TimePoint deadline) {
  if (channel.is_checked()) co_return base::Result<void>();
  auto query = query_of(dns::Name(), Type::dnskey, kAsked);
  if (!query) co_return tl::unexpected(query.error());
  const auto answer = co_await exchange_with(channel, std::move(*query), deadline);
  if (!answer) co_return tl::unexpected(answer.error());
  channel.set_checked(raw_of(*answer).rcode == kNoError && is_authentic(*answer));
  if (channel.is_checked()) co_return base::Result<void>();
  co_return failed(base::Code::not_validating,
                   "the resolver " + net::to_text(channel.server().address) +
                       " does not validate: no AD bit for the keys of "
                       "the root");
}

io::Task<base::Result<base::Bytes>> Stub::exchange(base::Bytes query,
                                                   io::TimePoint deadline) {
  base::Result<base::Bytes> out = failed(base::Code::timeout, "no answer in time");
  for (std::size_t left = channels_.size(); left > 0; --left) {
    Channel& channel = *channels_[channels_.size() - left];
    const auto share = share_of(deadline, left);
    const auto checked = co_await check(channel, share);
    if (checked) {
      out = co_await exchange_with(channel, query, share);
    } else {
      out = tl::unexpected(checked.error());
    }
    if (out) break;
  }
  co_return out;
}

std::string Stub::advice(std::string_view setting) const {
  const auto way = way_of(config_);
  return way ? resolver::advice(*way, setting) : way.error().detail;
}

io::Task<base::Result<void>> Stub::check() {
  base::Result<void> out = failed(base::Code::timeout, "no answer in time");
  const auto deadline = io::Clock::now() + config_.deadline;
  for (std::size_t left = channels_.size(); left > 0; --left) {
    out = co_await check(*channels_[channels_.size() - left], share_of(deadline, left));
    if (out) break;
  }
  co_return out;
}

io::Task<base::Result<RawAnswer>> Stub::ask(dns::Name name, Type type) {
  const auto deadline = io::Clock::now() + config_.deadline;
  RawAnswer out;
  for (const std::uint16_t flags : {kAsked, kUnchecked, kAsked}) {
    auto query = query_of(name, type, flags);
    if (!query) co_return tl::unexpected(query.error());
    const auto answer = co_await exchange(std::move(*query), deadline);
    if (!answer) co_return tl::unexpected(answer.error());
    RawAnswer raw = raw_of(*answer);
    if (flags == kUnchecked) {
      if (raw.rcode != kNoError && raw.rcode != kNxdomain) co_return out;
      continue;
    }
    out = std::move(raw);
    out.security =
        is_authentic(*answer) ? dns::Security::secure : dns::Security::insecure;
    if (out.rcode != kServfail) co_return out;
  }
  // What can be had without checking, and twice not with it, is bogus (RFC 4035 5.5).
  out.security = dns::Security::bogus;
  out.why_bogus = "the resolver fails, but not when it does not check";
  co_return out;
}

}  // namespace resolver
