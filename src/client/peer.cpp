#include "src/client/peer.h"

#include <algorithm>

#include "verify/tlsa_usable.h"

namespace client {
namespace {

using policy::Level;

bool wants_tlsa(Level level) {
  return level == Level::dane || level == Level::dane_only ||
         level == Level::dane_and_pkix;
}

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

base::Result<std::variant<dns::Name, net::Address>> parse_host(std::string_view word) {
  using Host = std::variant<dns::Name, net::Address>;
  if (word.empty() || word == "0") return Host(*net::parse_address("127.0.0.1"));
  if (const auto address = net::parse_address_name(word)) return Host(*address);
  auto name = dns::Name::parse(word);
  if (!name) return tl::unexpected(name.error());
  return Host(std::move(*name));
}

std::string to_text(const std::variant<dns::Name, net::Address>& host) {
  return policy::to_text(policy::ReferenceName(host));
}

io::Task<Finding> find(resolver::Resolver& resolver, Target target,
                       policy::Demand demand) {
  Finding out{{}, Found{}};
  auto located = co_await locate(resolver, target, demand);
  if (!located) {
    out.result = tl::unexpected(located.error());
    co_return out;
  }
  out.facts.names = {located->name};
  if (wants_tlsa(demand.level) && located->host) {
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

std::string server_name(const policy::DnsFacts& facts,
                        const policy::Requirement& requirement) {
  const bool dane = facts.state == policy::TlsaState::present;
  const auto& names = dane ? facts.names : requirement.names;
  if (names.empty()) return {};
  const auto* name = std::get_if<dns::Name>(&names.front());
  return name == nullptr ? std::string() : name->text();
}

tls::RawKeys raw_keys(const policy::Requirement& requirement) {
  if (requirement.proof != policy::Proof::dane ||
      requirement.name_check == policy::NameCheck::dane_ee) {
    return tls::RawKeys::no;
  }
  bool any = false;
  for (const dns::Tlsa& record : requirement.records) {
    if (verify::unusable(record, requirement.service, verify::TrustStore::named))
      continue;
    if (record.usage != dns::kDaneEe || record.selector != dns::kSpki) {
      return tls::RawKeys::no;
    }
    any = true;
  }
  return any ? tls::RawKeys::offer : tls::RawKeys::no;
}

std::optional<policy::Requirement> despite_key_usage(policy::Requirement requirement) {
  using policy::Proof;
  requirement.only_dane_ee = true;
  if (requirement.proof == Proof::nothing) return requirement;
  if (requirement.proof != Proof::dane) return std::nullopt;
  const auto is_usable = [&](const dns::Tlsa& record) {
    return !verify::unusable(record, requirement.service, verify::TrustStore::none);
  };
  const bool any = std::ranges::any_of(requirement.records, [&](const dns::Tlsa& record) {
    return record.usage == dns::kDaneEe && is_usable(record);
  });
  if (!any && requirement.when_unusable == policy::WhenUnusable::encrypt &&
      std::ranges::none_of(requirement.records, is_usable)) {
    requirement.proof = Proof::nothing;
    return requirement;
  }
  if (!any) return std::nullopt;
  requirement.when_unusable = policy::WhenUnusable::refuse;
  return requirement;
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
