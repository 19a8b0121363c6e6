#include "verify/tlsa_usable.h"

#include "src/base/counted.h"
#include "verify/certificate.h"

namespace verify {
namespace {

std::optional<std::string> unassigned(const dns::Tlsa& record) {
  if (dns::meaning(record.usage) == nullptr) {
    return "unassigned usage " + std::to_string(dns::number(record.usage));
  }
  if (dns::meaning(record.selector) == nullptr) {
    return "unassigned selector " + std::to_string(dns::number(record.selector));
  }
  if (dns::meaning(record.matching) == nullptr) {
    return "unassigned matching type " + std::to_string(dns::number(record.matching));
  }
  return std::nullopt;
}

std::optional<std::string> wrong_length(const dns::Tlsa& record, std::size_t wanted) {
  if (record.data.size() == wanted) return std::nullopt;
  return "digest of " + base::counted(record.data.size(), "octet") + ", not " +
         std::to_string(wanted);
}

std::optional<std::string> wrong_data(const dns::Tlsa& record) {
  if (dns::is_digest(record.matching)) {
    return wrong_length(record, dns::meaning(record.matching)->octets);
  }
  if (record.selector == dns::kSpki) {
    if (is_spki(record.data)) return std::nullopt;
    return "data is not one complete public key";
  }
  if (record.selector == dns::kCert && parse_certificate(record.data)) {
    return std::nullopt;
  }
  return "data is not one complete certificate";
}

std::optional<std::string> pkix_refused(const dns::Tlsa& record, policy::Service service,
                                        TrustStore trust_store) {
  if (!dns::needs_trust_store(record.usage)) return std::nullopt;
  if (service == policy::Service::smtp) return "PKIX usages do not apply to mail";
  if (trust_store == TrustStore::none) return "PKIX usage without a trust store";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> unusable(const dns::Tlsa& record, policy::Service service,
                                    TrustStore trust_store) {
  if (record.data.empty()) return "no association data";
  if (auto why = unassigned(record)) return why;
  if (auto why = wrong_data(record)) return why;
  return pkix_refused(record, service, trust_store);
}

}  // namespace verify
