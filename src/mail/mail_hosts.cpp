#include "src/mail/mail_hosts.h"

#include <algorithm>
#include <utility>

namespace mail {
namespace {

using base::ErrorKind;

std::vector<MailHost> ordered(const std::vector<dns::Mx>& records,
                              const Shuffle& shuffle) {
  std::vector<MailHost> out;
  for (const dns::Mx& record : records) {
    if (is_mail_host(record.host)) out.push_back({record.host, record.preference});
  }
  std::ranges::stable_sort(out, {}, &MailHost::preference);
  std::vector<MailHost> mixed;
  for (auto begin = out.begin(); begin != out.end();) {
    const auto end = std::find_if(begin, out.end(), [&](const MailHost& host) {
      return host.preference != begin->preference;
    });
    std::vector<MailHost> same(begin, end);
    shuffle(same);
    mixed.insert(mixed.end(), same.begin(), same.end());
    begin = end;
  }
  if (mixed.size() > kMostHosts) mixed.resize(kMostHosts);
  return mixed;
}

bool is_null_mx(const std::vector<dns::Mx>& records) {
  return std::ranges::all_of(
      records, [](const dns::Mx& record) { return record.host.text().empty(); });
}

}  // namespace

bool is_mail_host(const dns::Name& name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  const std::string& text = name.text();
  return text.find_first_not_of(kAllowed) == std::string::npos &&
         text.find('.') != std::string::npos && !net::parse_address(text);
}

base::Result<MailHosts> mail_hosts(dns::Answer<dns::Mx> answer, const Shuffle& shuffle) {
  const dns::Name& domain = answer.question;
  MailHosts out;
  out.security = answer.security;
  out.domains = {domain};
  // What anybody may have forged is no name of the domain's (RFC 7672 3.2.2).
  const bool secure = answer.security == dns::Security::secure;
  if (secure && answer.canonical != domain) out.domains.push_back(answer.canonical);
  if (answer.existence == dns::Existence::no_name) {
    return base::fail(ErrorKind::permanent, base::Code::no_domain,
                      "there is no domain " + domain.text());
  }
  if (answer.existence == dns::Existence::no_data) {
    // The domain as it was asked for: whoever looks its addresses up follows the alias
    // and finds both base domains (RFC 7672 2.2.2).
    out.hosts = {{domain, 0}};
    return out;
  }
  if (is_null_mx(answer.records)) {
    return base::fail(ErrorKind::permanent, base::Code::null_mx,
                      "the domain " + domain.text() + " takes no mail (null MX)");
  }
  out.from_mx = true;
  out.hosts = ordered(answer.records, shuffle);
  out.published = std::move(answer.records);
  out.signature = std::move(answer.signature);
  if (out.hosts.empty()) {
    return base::fail(ErrorKind::temporary, base::Code::no_mail_host,
                      "none of the MX records of " + domain.text() + " names a host");
  }
  return out;
}

io::Task<base::Result<MailHosts>> find_mail_hosts(resolver::Resolver& resolver,
                                                  dns::Name domain, Shuffle shuffle) {
  auto answer = co_await resolver.look_up<resolver::record::Mx>(std::move(domain));
  if (!answer) co_return tl::unexpected(answer.error());
  co_return mail_hosts(std::move(*answer), shuffle);
}

void add_domain_names(const MailHosts& hosts, policy::DnsFacts& facts) {
  for (const dns::Name& domain : hosts.domains) {
    const policy::ReferenceName name(domain);
    if (std::ranges::find(facts.names, name) == facts.names.end()) {
      facts.names.push_back(name);
    }
  }
}

}  // namespace mail
