#include "src/audit/servers.h"

#include <algorithm>

#include "resolver/direct.h"
#include "src/audit/addresses.h"
#include "src/audit/together.h"
#include "src/io/interfaces.h"

namespace audit {
namespace {

namespace record = resolver::record;

constexpr std::uint16_t kSmtp = 25;
constexpr std::size_t kMostNames = 16;    // of name servers
constexpr std::size_t kMostServers = 16;  // their addresses, asked directly
constexpr std::chrono::seconds kServerLimit{10};
constexpr std::chrono::seconds kServersLimit{60};  // for all of a zone

}  // namespace

void put_servers(HostSeen& host, std::vector<ServerAnswer> answers) {
  const bool any = std::ranges::any_of(
      answers, [](const ServerAnswer& one) { return !one.error.has_value(); });
  if (!any && !host.tlsa_error) return;
  // A resolver that takes the denial of `_tcp.` for one of all below it finds no records
  // although every name server has them.
  const bool all_have = std::ranges::none_of(answers, [](const ServerAnswer& one) {
    return !one.error && (one.records.empty() || !one.signature);
  });
  if (all_have && host.tlsa.state == policy::TlsaState::absent) host.parent_denied = true;
  host.servers = std::move(answers);
}

io::Task<void> ServerSurvey::find_addresses(dns::Name name, std::vector<Server>& out) {
  for (const auto family : {net::Family::v4, net::Family::v6}) {
    const auto addresses = co_await resolver_.addresses(name, family);
    if (!addresses) continue;
    for (const net::Address& address : addresses->records) {
      if (out.size() == kMostServers) co_return;
      if (io::has_route(address)) out.push_back({name, address});
    }
  }
}

io::Task<std::vector<ServerSurvey::Server>> ServerSurvey::find_servers(dns::Name apex) {
  std::vector<Server> out;
  const auto names = co_await resolver_.look_up<record::Ns>(apex);
  if (!names) co_return out;
  std::vector<std::vector<Server>> found(std::min(names->records.size(), kMostNames));
  std::vector<io::Task<void>> tasks;
  for (std::size_t i = 0; i < found.size(); ++i) {
    tasks.push_back(find_addresses(names->records[i], found[i]));
  }
  co_await together(loop_, std::move(tasks));
  for (const auto& servers : found) {
    out.insert(out.end(), servers.begin(), servers.end());
  }
  if (out.size() > kMostServers) out.resize(kMostServers);
  co_return out;
}

/// What the server says by UDP, and, about records that are there, whether it does by
/// TCP; nothing if this machine has no means left to ask.
io::Task<std::optional<ServerAnswer>> ServerSurvey::ask(Server server,
                                                        dns::Name question) {
  using resolver::Transport;
  using resolver::Type;
  ServerAnswer out;
  out.server = subject_of(server.name, server.address);
  auto deadline = io::Clock::now() + kServerLimit;
  const auto raw = co_await resolver::ask_server(loop_, server.address, question,
                                                 Type::tlsa, Transport::udp, deadline);
  if (!raw) {
    if (raw.error().code == base::Code::local) co_return std::nullopt;
    out.error = raw.error();
    co_return out;
  }
  out.rcode = raw->rcode;
  const auto answer = resolver::decode<record::Tlsa>(question, *raw);
  if (answer) {
    out.records = answer->records;
    out.signature = answer->signature;
  }
  if (out.records.empty()) co_return out;
  std::ranges::sort(out.records, {},
                    [](const dns::Tlsa& record) { return dns::to_text(record); });
  constexpr int kTries = 2;  // one may be lost where very many are asked at once
  out.tcp = false;
  for (int i = 0; i < kTries && !out.tcp; ++i) {
    deadline = io::Clock::now() + kServerLimit;
    const auto again = co_await resolver::ask_server(
        loop_, server.address, question, Type::tlsa, Transport::tcp, deadline);
    out.tcp = again.has_value() || again.error().code == base::Code::local;
  }
  co_return out;
}

io::Task<void> ServerSurvey::ask_all(dns::Name apex, HostSeen& out) {
  const dns::Name& base =
      out.host.base_domains.empty() ? out.name : out.host.base_domains.front();
  const auto owner = base.tlsa_owner(kSmtp, "tcp");
  if (!owner) co_return;
  const dns::Name question = out.records_at.text().empty() ? *owner : out.records_at;
  const auto deadline = io::Clock::now() + kServersLimit;
  const auto servers = co_await find_servers(apex);
  std::vector<ServerAnswer> answers;
  for (const Server& server : servers) {
    if (is_out_of_reach(common_.settings.reach, server.address)) {
      out.servers_out_of_reach.push_back(subject_of(server.name, server.address));
      continue;
    }
    if (io::Clock::now() >= deadline) break;
    co_await common_.limits.take_turn(loop_);
    auto answer = co_await ask(server, question);
    if (answer) answers.push_back(std::move(*answer));
  }
  put_servers(out, std::move(answers));
}

}  // namespace audit
