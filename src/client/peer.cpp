#include "src/client/peer.h"

namespace client {
namespace {

/// Where the connection goes, and the host whose TLSA records count.
struct Located {
  std::vector<net::Address> addresses;
  std::optional<resolver::Host> host;  ///< none for an address that has no name
  policy::ReferenceName name;          ///< the host as the user wrote it
};

/// A name that the user gives to an address: secure, for nobody was asked.
resolver::Host named_by_user(const dns::Name& name) {
  resolver::Host host;
  host.original = name;
  host.canonical = name;
  host.security = dns::Security::secure;
  host.base_domains = {name};
  return host;
}

io::Task<base::Result<Located>> locate(resolver::Resolver& resolver, const Target& target,
                                       const policy::Demand& demand) {
  if (const auto* address = std::get_if<net::Address>(&target.host)) {
    Located out{{net::unmapped(*address)}, std::nullopt, *address};
    if (!demand.names.empty()) {
      const auto* name = std::get_if<dns::Name>(&demand.names.front());
      if (name != nullptr) out.host = named_by_user(*name);
    }
    co_return out;
  }
  const auto& name = std::get<dns::Name>(target.host);
  auto host = co_await resolver::find_host(resolver, name, target.families);
  if (!host) co_return tl::unexpected(host.error());
  Located out{host->addresses, std::move(*host), name};
  co_return out;
}

}  // namespace

io::Task<Finding> find(resolver::Resolver& resolver, Target target,
                       policy::Demand demand) {
  Finding out{{}, Found{}};
  auto located = co_await locate(resolver, target, demand);
  if (!located) {
    out.result = tl::unexpected(located.error());
    co_return out;
  }
  out.facts.names = {located->name};
  if (policy::wants_tlsa(demand.level) && located->host) {
    auto facts = co_await resolver::find_tlsa(resolver, *located->host, target.port);
    if (!facts) {
      out.result = tl::unexpected(facts.error());
      co_return out;
    }
    out.facts = std::move(*facts);
  }
  auto requirement = policy::decide(out.facts, demand);
  if (!requirement) {
    out.result = tl::unexpected(requirement.error());
    co_return out;
  }
  Found found{{}, out.facts, std::move(*requirement)};
  for (const net::Address& address : located->addresses) {
    found.endpoints.push_back({address, target.port});
  }
  out.result = std::move(found);
  co_return out;
}

io::Task<base::Result<void>> start_tls(io::Stream& stream,
                                       std::unique_ptr<starttls::Dialogue> dialogue,
                                       io::TimePoint deadline) {
  constexpr std::size_t kChunk = 4096;
  constexpr std::size_t kMostTalk = std::size_t{256} * 1024;
  std::size_t talk = 0;
  if (const std::string opening = dialogue->opening(); !opening.empty()) {
    if (auto sent = co_await stream.write_all(opening, deadline); !sent) co_return sent;
  }
  for (;;) {
    auto heard = co_await stream.read_some(kChunk, deadline);
    if (!heard) co_return tl::unexpected(heard.error().in("STARTTLS"));
    if (heard->empty()) {
      co_return base::fail(base::ErrorKind::temporary, base::Code::closed,
                           "the peer closed the connection before STARTTLS");
    }
    talk += heard->size();
    if (talk > kMostTalk) {
      co_return base::fail(base::ErrorKind::temporary, base::Code::protocol,
                           "the peer talks on and on before STARTTLS");
    }
    auto step = dialogue->feed(*heard);
    if (!step) co_return tl::unexpected(step.error());
    if (!step->send.empty()) {
      if (auto sent = co_await stream.write_all(step->send, deadline); !sent) {
        co_return tl::unexpected(sent.error().in("STARTTLS"));
      }
    }
    if (step->start_tls) co_return base::Result<void>();
  }
}

io::Task<Judged> prove(tls::Session& session, io::Stream& stream,
                       const policy::Requirement& requirement, verify::Context context,
                       io::TimePoint deadline) {
  Judged out;
  const auto judge = [&](const verify::Chain& chain) {
    out.verdict = verify::check(chain, requirement, context);
    return verify::accepted(out.verdict.outcome);
  };
  out.result = co_await session.handshake(stream, judge, deadline);
  co_return out;
}

}  // namespace client
