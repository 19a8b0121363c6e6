// How a time-stamp authority is asked: one POST over HTTP (RFC 3161 3.4).
//
// There is no TLS: an authority is believed for what it signs, and a stamp that somebody
// on the way has altered, or made for something else, does not verify. What that somebody
// sees is a hash, and that we run. A redirect is not followed: who named an authority has
// not named another one.
#include "src/evidence/stamp_request.h"

#include <algorithm>
#include <charconv>

#include "src/base/http_response.h"
#include "src/io/connect.h"

namespace evidence {
namespace {

constexpr std::size_t kMostAnswer = std::size_t{1024} * 1024;
constexpr std::size_t kAtOnce = std::size_t{16} * 1024;
constexpr std::size_t kMostEndpoints = 4;

tl::unexpected<base::Error> bad_url(std::string_view url, std::string_view why) {
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    base::printable(url, base::kWord) + ": " + std::string(why));
}

tl::unexpected<base::Error> failed(base::Code code, std::string detail) {
  return base::fail(base::ErrorKind::temporary, code, std::move(detail));
}

bool is_in_urls(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t out = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc() || stop != end || out == 0) return std::nullopt;
  return out;
}

/// The host as it stands in URLs and in a Host field (RFC 3986 3.2.2).
std::string host_field(const StampAuthority& authority) {
  const bool v6 = authority.host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + authority.host + "]" : authority.host;
  if (authority.port != 80) out += ":" + std::to_string(authority.port);
  return out;
}

std::string question_for(const StampAuthority& authority, base::ByteView request) {
  return "POST " + authority.path + " HTTP/1.1\r\nHost: " + host_field(authority) +
         "\r\nUser-Agent: ucspi-dane\r\nAccept: application/timestamp-reply\r\n"
         "Content-Type: application/timestamp-query\r\nContent-Length: " +
         std::to_string(request.size()) + "\r\nConnection: close\r\n\r\n" +
         std::string(base::as_text(request));
}

base::Result<base::Bytes> answer_in(const http::Response& response) {
  constexpr int kOk = 200, kRedirects = 300, kOtherFaults = 400;
  if (response.status != kOk) {
    const bool elsewhere =
        response.status >= kRedirects && response.status < kOtherFaults;
    return failed(base::Code::http,
                  "HTTP status " + std::to_string(response.status) +
                      (elsewhere ? ", and no other place is asked" : ""));
  }
  if (response.media_type != "application/timestamp-reply") {
    return failed(base::Code::http, "the answer is no application/timestamp-reply");
  }
  const base::ByteView octets = base::as_bytes(response.body);
  return base::Bytes(octets.begin(), octets.end());
}

io::Task<base::Result<base::Bytes>> converse(io::Stream& stream, std::string question,
                                             io::TimePoint deadline) {
  if (auto sent = co_await stream.write_all(std::move(question), deadline); !sent) {
    co_return tl::unexpected(sent.error());
  }
  http::ResponseReader reader(kMostAnswer);
  for (;;) {
    const auto heard = co_await stream.read_some(kAtOnce, deadline);
    if (!heard) co_return tl::unexpected(heard.error());
    if (heard->empty()) {
      if (auto done = reader.finish(); !done) co_return tl::unexpected(done.error());
      co_return answer_in(reader.response());
    }
    const auto whole = reader.feed(*heard);
    if (!whole) co_return tl::unexpected(whole.error());
    if (*whole) co_return answer_in(reader.response());
    const bool in_time = co_await stream.in_time(deadline);
    if (!in_time) co_return failed(base::Code::timeout, "the answer takes too long");
  }
}

}  // namespace

base::Result<StampAuthority> read_stamp_authority(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (base::lower(url.substr(0, kScheme.size())) != kScheme) {
    return bad_url(url, "the URL of a time-stamp authority begins with http://");
  }
  if (!is_in_urls(url)) return bad_url(url, "this is no URL");
  std::string_view rest = url.substr(kScheme.size());
  StampAuthority out;
  const std::size_t host_end = std::min(rest.find_first_of("/?"), rest.size());
  if (host_end < rest.size()) out.path = rest.substr(host_end);
  if (out.path[0] == '?') out.path.insert(0, "/");
  rest = rest.substr(0, host_end);
  const std::size_t bracket = rest.rfind(']');
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos &&
      (bracket == std::string_view::npos || colon > bracket)) {
    const auto port = port_in(rest.substr(colon + 1));
    if (!port) return bad_url(url, "its port is no number from 1 to 65535");
    out.port = *port;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) {
    rest = rest.substr(1, rest.size() - 2);
    const auto address = net::parse_address(rest);
    if (!address || rest.find(':') == std::string_view::npos) {
      return bad_url(url, "there is no address of IPv6 in its brackets");
    }
  } else if (rest.find_first_of(":@[]") != std::string_view::npos) {
    return bad_url(url, "its host is neither a name nor an address");
  }
  if (rest.empty()) return bad_url(url, "it has no host");
  out.host = base::lower(rest);
  return out;
}

io::Task<base::Result<base::Bytes>> ask_for_stamp(io::Loop& loop,
                                                  StampAuthority authority,
                                                  std::vector<net::Endpoint> endpoints,
                                                  base::Bytes request,
                                                  std::chrono::milliseconds limit) {
  const io::TimePoint deadline = io::Clock::now() + limit;
  const std::string who = host_field(authority);
  if (endpoints.empty()) co_return failed(base::Code::connect, who + " has no address");
  if (endpoints.size() > kMostEndpoints) endpoints.resize(kMostEndpoints);
  const io::ConnectTimeouts each{limit / static_cast<int>(endpoints.size() + 1),
                                 std::chrono::milliseconds(0)};
  auto connected = co_await io::connect_any(loop, std::move(endpoints), {}, each);
  if (!connected.socket) {
    co_return tl::unexpected(connected.failures.back().error.in(who));
  }
  io::Stream stream(loop, std::move(connected.socket));
  auto answer = co_await converse(stream, question_for(authority, request), deadline);
  if (!answer) co_return tl::unexpected(answer.error().in(who));
  co_return answer;
}

}  // namespace evidence
