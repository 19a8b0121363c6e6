#include "resolver/tlsa_records.h"

namespace resolver {

io::Task<base::Result<policy::DnsFacts>> tlsa_records_at(Resolver& resolver,
                                                         dns::Name owner) {
  auto answer = co_await resolver.look_up<record::Tlsa>(owner);
  if (!answer) co_return tl::unexpected(answer.error());
  policy::DnsFacts facts;
  facts.owner = std::move(owner);
  const bool secure = answer->security == dns::Security::secure;
  facts.state = secure ? policy::TlsaState::absent : policy::TlsaState::insecure;
  if (secure && answer->existence == dns::Existence::found) {
    facts.state = policy::TlsaState::present;
    facts.records = std::move(answer->records);
    facts.ttl = answer->ttl;
    facts.signed_until = answer->signed_until;
  }
  co_return facts;
}

}  // namespace resolver
