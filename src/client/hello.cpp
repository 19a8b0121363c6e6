#include "src/client/hello.h"

#include "verify/tlsa_usable.h"

namespace client {

std::string server_name(const policy::DnsFacts& facts,
                        const policy::Requirement& requirement) {
  const bool dane = facts.state == policy::TlsaState::present;
  const auto& names = dane ? facts.names : requirement.names;
  if (names.empty()) return {};
  const auto* name = std::get_if<dns::Name>(&names.front());
  return name == nullptr ? std::string() : name->text();
}

std::string server_name(const policy::DnsFacts& facts,
                        const policy::Requirement& requirement, ServerName when) {
  const bool dane = requirement.proof == policy::Proof::dane ||
                    requirement.proof == policy::Proof::dane_and_pkix;
  if (!dane && when == ServerName::dane_only) return {};
  return server_name(facts, requirement);
}

std::string given_server_name(const std::string& name) {
  return net::parse_address(name) ? std::string() : name;
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

}  // namespace client
