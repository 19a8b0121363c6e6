// Which names TLSA records are looked for at, and when nobody may look.
//
// A TLSA record counts only if the way to it is secure in every step, and the first step
// is the host's address (RFC 7672 2.2.2). Whoever can forge the address of an unsigned
// host can forge what is said below its name too, so nothing is gained by asking there;
// and much is lost, for many name servers of unsigned zones fail on a type that they do
// not know, and mail to them would wait for ever. So insecure addresses mean: no
// question, no DANE. Secure addresses mean: what is said about TLSA is binding, and a
// question that fails is no absence (RFC 7672 2.1.2). An attacker who cannot forge the
// records can still drop the question; if that let the mail go unproved, DANE would prove
// nothing.
//
// Aliases make the base domain ambiguous, and RFC 7672 2.2.2 and RFC 7671 7 settle it:
//
//   plain host, secure            its own name
//   alias, all hops secure        the name at its end, then the name that was asked for;
//                                 never one between
//   alias, insecure end, but a    the name that was asked for: its owner signed it, and
//   secure first alias            may say where its TLSA records are
//   anything else                 none
//
// The third row needs a question of its own. The state of an answer is that of its worst
// hop, and does not tell which hop that was; the CNAME record alone does (RFC
// 7672 2.1.3). That question too may be dropped by an attacker. To go on without records
// would be a downgrade by one lost packet, so its failure is the failure of the host.
//
// Two families are asked for at once. One that fails while the other has addresses is
// left out, or a host would be lost for a AAAA question that its load balancer cannot
// answer; where the other is empty the failure is the answer, for nobody knows that there
// is no address. If their states differ the secure one leads: signatures stripped from
// the A answer must not switch off what the AAAA answer proves.
//
// At the base domains one failure ends the search as well: the second one is asked only
// when the first is denied or insecure (RFC 7672 2.2.3), else dropping the first question
// would choose older or weaker records for us.
#include "resolver/host.h"

#include <asio/experimental/awaitable_operators.hpp>
#include <utility>

#include "resolver/tlsa_records.h"

namespace resolver {
namespace {

using AddressAnswer = dns::Answer<net::Address>;
using AddressResult = base::Result<AddressAnswer>;

bool has_records(const AddressResult& result) {
  return result && !result->records.empty();
}

/// The answer that names and security are taken from: a secure one with addresses if
/// there is one, else one with addresses, else one that failed.
const AddressResult& leading(const AddressResult& a, const AddressResult& b) {
  if (has_records(a) != has_records(b)) return has_records(a) ? a : b;
  if (has_records(a)) return b->security > a->security ? b : a;
  return a ? b : a;
}

/// Whether the first alias of an answer is secure, whatever those behind it are. One that
/// a DNAME makes has no signature of its own, and asked for itself it is secure to some
/// validators, insecure or bogus to others: so a DNAME is asked for first (RFC 6672
/// 5.3.1). Whoever may write into an insecure answer names one that does not exist, and
/// must not make a signed alias an unsigned one by that: then the alias is asked for.
io::Task<base::Result<bool>> is_first_alias_secure(Resolver& resolver,
                                                   AddressAnswer answer) {
  if (answer.dname) {
    const auto dname = co_await resolver.look_up<record::Dname>(*answer.dname);
    const bool is_there =
        dname && dname->existence == dns::Existence::found && dname->aliases.empty();
    // Below a zone without keys there is no signed alias.
    if (is_there) co_return dname->security == dns::Security::secure;
  }
  const auto cname = co_await resolver.look_up<record::Cname>(answer.question);
  if (!cname) co_return tl::unexpected(cname.error());
  co_return cname->security == dns::Security::secure;
}

/// RFC 7672 2.2.2, the three cases of an alias and the plain host.
io::Task<base::Result<std::vector<dns::Name>>> base_domains(Resolver& resolver,
                                                            AddressAnswer answer) {
  std::vector<dns::Name> out;
  const bool is_alias = !answer.aliases.empty();
  if (answer.security == dns::Security::secure) {
    out.push_back(answer.canonical);
    if (is_alias) out.push_back(answer.question);
    co_return out;
  }
  if (!is_alias) co_return out;
  const auto is_secure = co_await is_first_alias_secure(resolver, answer);
  if (!is_secure) co_return tl::unexpected(is_secure.error());
  if (*is_secure) out.push_back(answer.question);
  co_return out;
}

io::Task<AddressResult> no_addresses(dns::Name name) {
  AddressAnswer empty;
  empty.question = std::move(name);
  co_return empty;
}

}  // namespace

io::Task<base::Result<Host>> find_host(Resolver& resolver, dns::Name name,
                                       Families families) {
  using namespace asio::experimental::awaitable_operators;
  const bool both = families == Families::both;
  auto v6_task = both ? resolver.look_up<record::Aaaa>(name) : no_addresses(name);
  const auto [v4, v6] =
      co_await (resolver.look_up<record::A>(name) && std::move(v6_task));
  const AddressResult& best = leading(v4, v6);
  if (!best) co_return tl::unexpected(best.error());
  if (best->records.empty()) {
    co_return base::fail(base::ErrorKind::temporary, base::Code::no_address,
                         "no IP address for " + name.text());
  }
  Host host;
  host.original = name;
  host.canonical = best->canonical;
  host.aliases = best->aliases;
  host.security = best->security;
  for (const AddressResult* family : {&v6, &v4}) {
    if (!has_records(*family)) continue;
    host.addresses.insert(host.addresses.end(), (*family)->records.begin(),
                          (*family)->records.end());
  }
  auto bases = co_await base_domains(resolver, *best);
  if (!bases) co_return tl::unexpected(bases.error());
  host.base_domains = std::move(*bases);
  co_return host;
}

io::Task<base::Result<policy::DnsFacts>> find_tlsa(Resolver& resolver, Host host,
                                                   std::uint16_t port) {
  policy::DnsFacts facts;
  facts.state = policy::TlsaState::insecure_address;
  facts.names = {host.original};
  for (const dns::Name& base_domain : host.base_domains) {
    auto owner = base_domain.tlsa_owner(port, "tcp");
    if (!owner) {  // no such name can be (RFC 1035 2.3.4), nor be records at it
      facts.state = policy::TlsaState::absent;
      continue;
    }
    auto found = co_await tlsa_records_at(resolver, std::move(*owner));
    if (!found) co_return tl::unexpected(found.error());
    auto names = std::move(facts.names);
    facts = std::move(*found);
    facts.names = std::move(names);
    if (facts.state == policy::TlsaState::present) {
      facts.names = {base_domain};
      if (base_domain != host.original) facts.names.emplace_back(host.original);
      co_return facts;
    }
  }
  co_return facts;
}

}  // namespace resolver
