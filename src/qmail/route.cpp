#include "src/qmail/route.h"

#include <algorithm>
#include <random>

#include "src/base/bytes.h"
#include "src/qmail/entries.h"
#include "src/qmail/literal.h"

namespace qmail {

using base::ErrorKind;
using base::Result;

io::Task<Result<Route>> route_by(resolver::Resolver& resolver,
                                 std::optional<SmtpRoute> relay, std::string host) {
  Route out;
  if (relay) {
    out.relayed = !relay->host.empty();
    out.port = relay->port;
    if (out.relayed) host = relay->host;
  }
  if (const auto address = literal_in(host)) {
    out.literal = address;
    co_return out;
  }
  auto name = dns::Name::parse(host);
  if (!name && out.relayed) {
    co_return base::fail(ErrorKind::temporary, base::Code::control,
                         "smtproutes: " + name.error().detail);
  }
  if (!name) co_return tl::unexpected(name.error());
  if (out.relayed) {
    // The user's own word for where mail goes is as good as a secure answer (RFC 7672
    // 2.2.3); its aliases are followed, its MX records are not asked for.
    out.hosts.hosts = {{*name, 0}};
    out.hosts.domains = {*name};
    out.hosts.security = dns::Security::secure;
    co_return out;
  }
  auto hosts = co_await mail::find_mail_hosts(
      resolver, std::move(*name), [](std::vector<mail::MailHost>& same) {
        static std::minstd_rand random{std::random_device{}()};
        std::ranges::shuffle(same, random);
      });
  if (!hosts) co_return tl::unexpected(hosts.error());
  out.hosts = std::move(*hosts);
  co_return out;
}

io::Task<Result<Route>> find_route(resolver::Resolver& resolver, const Control& control,
                                   std::string host, std::string sender) {
  auto relay = smtp_route(control, domain_key(host), sender);
  if (!relay) co_return tl::unexpected(relay.error());
  co_return co_await route_by(resolver, std::move(*relay), std::move(host));
}

}  // namespace qmail
