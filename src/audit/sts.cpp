#include "src/audit/sts.h"

#include <algorithm>

#include "src/audit/addresses.h"
#include "src/base/http_response.h"
#include "src/io/interfaces.h"

namespace audit {
namespace {

constexpr std::uint16_t kHttps = 443;
constexpr std::size_t kMostBody = std::size_t{64} * 1024;  // RFC 8461 10.2
constexpr std::size_t kMostAddresses = 4;
constexpr std::chrono::milliseconds kMostTime{60'000};  // RFC 8461 3.3

tl::unexpected<base::Error> failed(base::Code code, std::string detail) {
  return base::fail(base::ErrorKind::temporary, code, std::move(detail));
}

std::string question_for(const std::string& host) {
  return "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: " + host +
         "\r\nUser-Agent: ucspi-dane\r\nAccept: text/plain\r\n"
         "Connection: close\r\n\r\n";
}

/// The body of a good answer.
base::Result<std::string> body_of(const http::Response& response) {
  constexpr int kOk = 200;
  if (response.status != kOk) {
    return failed(base::Code::http, "HTTP status " + std::to_string(response.status));
  }
  if (response.media_type != "text/plain") {
    return failed(
        base::Code::http,
        "the media type is " + (response.media_type.empty()
                                    ? "not given"
                                    : base::printable(response.media_type, base::kWord)));
  }
  return response.body;
}

io::Task<base::Result<std::string>> ask(tls::Channel& channel, std::string host,
                                        io::TimePoint deadline) {
  if (auto sent = co_await channel.write(question_for(host), deadline); !sent) {
    co_return tl::unexpected(sent.error());
  }
  http::ResponseReader reader(kMostBody);
  for (;;) {
    const auto heard = co_await channel.read(deadline);
    if (!heard) co_return tl::unexpected(heard.error());
    if (heard->empty()) {
      if (channel.was_truncated()) {
        co_return failed(base::Code::truncated,
                         "the connection ended without close_notify");
      }
      if (auto done = reader.finish(); !done) co_return tl::unexpected(done.error());
      co_return body_of(reader.response());
    }
    const auto whole = reader.feed(*heard);
    if (!whole) co_return tl::unexpected(whole.error());
    if (*whole) co_return body_of(reader.response());
  }
}

/// How long a policy may take, over all addresses; waiting for a turn does not count.
io::Duration limit_of(const SurveySettings& settings) {
  return std::min(kMostTime, 2 * settings.ways.remote_limit);
}

/// Whether nobody connected, for reasons that are not the peer's alone.
bool was_not_asked(const base::Error& error) {
  return is_our_fault(error) || error.code == base::Code::too_slow;
}

/// Which of several errors is told: what was found out; else that not all was asked.
int gravity_of(const base::Error& error) {
  if (error.code == base::Code::untrusted) return 3;
  if (error.code == base::Code::too_slow) return 2;
  return is_our_fault(error) ? 0 : 1;
}

/// What is required of the host of a policy: a path to the trust store, and its name.
policy::Demand demand_for_policy() {
  policy::Demand out;
  out.level = policy::Level::pkix;
  out.common_name = policy::CommonName::never;
  return out;
}

/// Fetches the text of one policy.
class PolicyFetch {
 public:
  PolicyFetch(io::Loop& loop, Common& common, dns::Name host)
      : loop_(loop), common_(common), host_(std::move(host)) {}

  /// The text that the first address gives that gives one.
  io::Task<base::Result<std::string>> run(resolver::Resolver& resolver) {
    const client::Target target{host_, kHttps, resolver::Families::both};
    auto location = co_await client::locate(resolver, target, demand_for_policy());
    if (!location) co_return tl::unexpected(location.error());
    auto endpoints = location->endpoints;
    auto lookup = co_await client::look_up(resolver, std::move(*location), kHttps,
                                           demand_for_policy());
    if (!lookup.requirement) co_return tl::unexpected(lookup.requirement.error());
    terms_ = {lookup.facts, *lookup.requirement, common_.settings.sts_roots};
    const bool any = !endpoints.empty();
    std::erase_if(endpoints, [&](const net::Endpoint& endpoint) {
      return is_out_of_reach(common_.settings.reach, endpoint.address);
    });
    if (any && endpoints.empty()) {
      co_return failed(base::Code::private_address, "the host of an MTA-STS policy");
    }
    std::erase_if(endpoints, [](const net::Endpoint& endpoint) {
      return !io::has_route(endpoint.address);
    });
    if (endpoints.size() > kMostAddresses) endpoints.resize(kMostAddresses);
    co_return co_await fetch_from_any(std::move(endpoints));
  }

 private:
  io::Task<base::Result<std::string>> fetch_from_any(
      std::vector<net::Endpoint> endpoints) {
    base::Result<std::string> out = failed(base::Code::local, "no way to any address");
    for (const net::Endpoint& endpoint : endpoints) {
      auto text = co_await fetch_in_turn(endpoint);
      if (text) co_return text;
      if (gravity_of(text.error()) > gravity_of(out.error())) out = std::move(text);
      if (busy_ >= limit_of(common_.settings)) break;
    }
    co_return out;
  }

  /// The text that one address gives when it is its turn, unless the address is left
  /// alone, in what is left of the time.
  io::Task<base::Result<std::string>> fetch_in_turn(net::Endpoint endpoint) {
    const auto pass = co_await common_.limits.enter(loop_, endpoint.address);
    if (auto why = common_.slow.find(endpoint)) {
      co_return tl::unexpected(std::move(why->error));
    }
    const io::TimePoint begin = io::Clock::now();
    auto text = co_await fetch_from(endpoint, begin + limit_of(common_.settings) - busy_);
    const io::Duration took = io::Clock::now() - begin;
    busy_ += took;
    common_.slow.count(endpoint, took);
    co_return text;
  }

  /// The text that one address gives. Error code `untrusted` if the host is not proved.
  io::Task<base::Result<std::string>> fetch_from(net::Endpoint endpoint,
                                                 io::TimePoint deadline) {
    client::Options options;
    options.source = common_.settings.ways.source;
    options.connect = {common_.settings.ways.connect_limit, std::chrono::seconds(0)};
    options.handshake_limit = deadline - io::Clock::now();
    options.longest = options.handshake_limit;
    const std::vector<net::Endpoint> one(1, endpoint);
    auto terms = client::known(terms_);
    auto connection = co_await client::reach(loop_, one, std::move(terms), options);
    if (!connection.is_good()) {
      const base::Error& error = *connection.seen.error;
      if (error.code == base::Code::refused) {
        co_return failed(base::Code::untrusted, error.detail);
      }
      co_return tl::unexpected(error);
    }
    tls::Channel& channel = *connection.channel;
    auto text = co_await ask(channel, host_.text(), deadline);
    channel.close();
    co_return text;
  }

  io::Loop& loop_;
  Common& common_;
  dns::Name host_;
  client::Terms terms_;
  io::Duration busy_{0};  // so long its connections took
};

}  // namespace

io::Task<std::optional<StsSeen>> fetch_sts_policy(io::Loop& loop,
                                                  resolver::Resolver& resolver,
                                                  Common& common, dns::Name domain) {
  StsSeen out;
  const auto host = dns::Name::parse("mta-sts." + domain.text());
  if (!host) {
    out.error = host.error();
    co_return out;
  }
  PolicyFetch fetch(loop, common, *host);
  const auto text = co_await fetch.run(resolver);
  if (!text) {
    if (was_not_asked(text.error())) co_return std::nullopt;
    out.error = text.error();
    co_return out;
  }
  auto policy = mail::read_sts_policy(*text);
  if (policy) {
    out.policy = std::move(*policy);
  } else {
    out.error = policy.error();
  }
  co_return out;
}

}  // namespace audit
