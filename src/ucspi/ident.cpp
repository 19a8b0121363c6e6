#include "src/ucspi/ident.h"

#include "src/base/smtp_reply.h"
#include "src/io/connect.h"

namespace ucspi {
namespace {

constexpr std::uint16_t kIdentPort = 113;
constexpr std::size_t kMaxAnswer = 512;  // RFC 1413 6

/// The user of `PORT, PORT : USERID : SYSTEM : USER`.
std::optional<std::string> user_of(std::string_view line) {
  for (int field = 0; field < 3; ++field) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (field == 1 && line.substr(0, colon).find("USERID") == std::string_view::npos) {
      return std::nullopt;
    }
    line.remove_prefix(colon + 1);
  }
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return std::nullopt;
  return base::printable(line.substr(start), kMaxAnswer);
}

}  // namespace

io::Task<std::optional<std::string>> ask_ident(io::Loop& loop, net::Endpoint local,
                                               net::Endpoint remote,
                                               std::chrono::seconds limit) {
  const io::TimePoint deadline = io::Clock::now() + limit;
  const std::vector<net::Endpoint> server(1, net::Endpoint{remote.address, kIdentPort});
  const io::Source source{local.address, 0};
  const io::ConnectTimeouts timeouts{limit, std::chrono::seconds(0)};
  auto outcome = co_await io::connect_any(loop, server, source, timeouts);
  if (!outcome.socket) co_return std::nullopt;
  io::Stream stream(loop, std::move(outcome.socket));
  const std::string question =
      std::to_string(remote.port) + " , " + std::to_string(local.port) + "\r\n";
  if (!co_await stream.write_all(question, deadline)) co_return std::nullopt;
  std::string answer;
  while (answer.size() < kMaxAnswer) {
    const auto part = co_await stream.read_some(kMaxAnswer, deadline);
    if (!part || part->empty()) break;
    answer += *part;
    const auto line = smtp::take_line(answer);
    if (line && *line) co_return user_of(**line);
  }
  co_return std::nullopt;
}

}  // namespace ucspi
