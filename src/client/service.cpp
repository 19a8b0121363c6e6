// What SRV records lead to, and how far they may be believed (RFC 2782, RFC 7673).
//
// A user trusts a domain; its SRV records name hosts that may be anybody's. Whether such
// a host may stand for the domain depends on who can have written the records:
//
//   the look-up fails, or is bogus   nothing is known: an error, never "no service", or
//                                    whoever drops the answer chooses what follows
//   not secure                       anybody may have put his own host there, whose TLSA
//                                    records would be his own, too: DANE does not apply,
//                                    no TLSA is looked up, and a certificate has to be
//                                    for the domain, for the host's name proves nothing
//                                    (RFC 7673 3.1, RFC 9525 6.1)
//   secure                           the domain says itself that these hosts serve it:
//   each
//                                    goes its way by its own addresses and TLSA records,
//                                    and a certificate may be for the host or for the
//                                    domain (RFC 7673 4)
//
// One target never makes up for another: one without TLSA records is told beside one that
// is refused (RFC 7673 10.1). A stranger chooses how many targets there are, and each
// costs connections; sixteen are more than anybody has servers for one service.
#include "src/client/service.h"

#include <algorithm>
#include <array>

#include "src/base/bytes.h"

namespace client {
namespace {

using starttls::Protocol;

struct Known {
  std::string_view word;
  std::optional<Protocol> starttls;
};
constexpr std::array<Known, 15> kKnown = {{
    {"xmpp-client", Protocol::xmpp},         // RFC 6120 3.2.1
    {"xmpps-client", std::nullopt},          // XEP-0368
    {"xmpp-server", Protocol::xmpp_server},  // RFC 6120 3.2.1
    {"xmpps-server", std::nullopt},          // XEP-0368
    {"imap", Protocol::imap},                // RFC 6186 3.2
    {"imaps", std::nullopt},                 // RFC 6186 3.2
    {"pop3", Protocol::pop3},                // RFC 6186 3.3
    {"pop3s", std::nullopt},                 // RFC 6186 3.3
    {"submission", Protocol::smtp},          // RFC 6186 3.1
    {"submissions", std::nullopt},           // RFC 8314 5.1
    {"sieve", Protocol::sieve},              // RFC 5804 1.8
    {"ldap", Protocol::ldap},                // RFC 2782
    {"ldaps", std::nullopt},
    {"nntp", Protocol::nntp},
    {"nntps", std::nullopt},
}};

constexpr std::string_view kTransport = "._tcp";

std::string known_words() {
  std::string out;
  for (const Known& known : kKnown) out += std::string(known.word) + ", ";
  return out;
}

tl::unexpected<base::Error> no_service(std::string detail) {
  return base::fail(base::ErrorKind::temporary, base::Code::no_service,
                    std::move(detail));
}

bool is_offered(const dns::Srv& record) { return !record.target.text().empty(); }

bool goes_first(const dns::Srv& one, const dns::Srv& other) {
  if (one.priority != other.priority) return one.priority < other.priority;
  return one.weight > other.weight;
}

}  // namespace

base::Result<ServiceType> parse_service(std::string_view word) {
  const std::string text = base::lower(std::string(word));
  const bool is_prefix = text.starts_with('_');
  std::string_view name = text;
  if (is_prefix && name.ends_with(kTransport)) {
    name.remove_prefix(1);
    name.remove_suffix(kTransport.size());
  }
  const auto* known = std::ranges::find(kKnown, name, &Known::word);
  if (known != kKnown.end()) {
    return ServiceType{"_" + std::string(name) + std::string(kTransport),
                       known->starttls};
  }
  const bool is_label = !name.empty() && name.find('.') == std::string_view::npos &&
                        name.find('_') == std::string_view::npos;
  if (is_prefix && is_label) return ServiceType{text, std::nullopt};
  return base::fail(base::ErrorKind::usage, base::Code::usage,
                    "--srv " + base::printable(word, base::kWord) + " is none of " +
                        known_words() + "_SERVICE._tcp");
}

base::Result<dns::Name> service_owner(const ServiceType& service,
                                      const dns::Name& domain) {
  return dns::Name::parse(service.prefix + "." + domain.text());
}

base::Result<ServiceTargets> service_targets(const dns::Name& domain,
                                             const dns::Answer<dns::Srv>& answer) {
  if (answer.records.empty()) {
    return no_service(domain.text() + " has no SRV record " + answer.question.text() +
                      "; a server that you know is checked by: dane check HOST PORT");
  }
  ServiceTargets out;
  std::ranges::copy_if(answer.records, std::back_inserter(out.targets), is_offered);
  if (out.targets.empty()) {
    return no_service(domain.text() + " does not offer this service: the target of " +
                      answer.question.text() + " is \".\" (RFC 2782)");
  }
  std::ranges::stable_sort(out.targets, goes_first);
  if (out.targets.size() > kMostTargets) {
    out.left_out = out.targets.size() - kMostTargets;
    out.targets.resize(kMostTargets);
  }
  const std::string& owner = answer.question.text();
  auto service_name =
      dns::Name::parse(owner.substr(0, owner.find('.') + 1) + domain.text());
  if (!service_name) return tl::unexpected(service_name.error());
  out.referral = {domain, std::move(*service_name), answer.security};
  return out;
}

io::Task<base::Result<ServiceTargets>> find_service(resolver::Resolver& resolver,
                                                    ServiceType service,
                                                    dns::Name domain) {
  const auto owner = service_owner(service, domain);
  if (!owner) co_return tl::unexpected(owner.error());
  const auto answer = co_await resolver.look_up<resolver::record::Srv>(*owner);
  if (!answer) co_return tl::unexpected(answer.error());
  co_return service_targets(domain, *answer);
}

}  // namespace client
