// What verify's tests say again and again: records, chains, requirements.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/certificates.h"
#include "verify/certificate.h"
#include "verify/check.h"
#include "verify/hash.h"
#include "verify/roots.h"

namespace support {

/// The record with these numbers that matches a certificate.
[[nodiscard]] inline dns::Tlsa record(int usage, int selector, int matching,
                                      const base::Bytes& der) {
  const auto certificate = verify::parse_certificate(der);
  const base::ByteView chosen = selector == 0 ? base::ByteView(der) : certificate->spki;
  dns::Tlsa out{static_cast<std::uint8_t>(usage),
                static_cast<std::uint8_t>(selector),
                static_cast<std::uint8_t>(matching),
                {}};
  const auto assign = [&](const auto& bytes) {
    out.data.assign(bytes.begin(), bytes.end());
  };
  if (matching == 0) assign(chosen);
  if (matching == 1) assign(verify::sha256(chosen));
  if (matching == 2) assign(verify::sha512(chosen));
  return out;
}

/// A DNS reference name.
[[nodiscard]] inline policy::ReferenceName name(std::string_view text) {
  return dns::Name::parse(text).value();
}

/// DANE for these records and this name.
[[nodiscard]] inline policy::Requirement dane(
    std::vector<dns::Tlsa> records, std::string_view host = "mail.example.org") {
  policy::Requirement out;
  out.proof = policy::Proof::dane;
  out.records = std::move(records);
  out.names = {name(host)};
  return out;
}

/// The same for mail between servers.
[[nodiscard]] inline policy::Requirement mail(
    std::vector<dns::Tlsa> records, std::string_view host = "mail.example.org") {
  auto out = dane(std::move(records), host);
  out.service = policy::Service::smtp;
  out.common_name = policy::CommonName::smtp_dane_ta;
  out.when_unusable = policy::WhenUnusable::encrypt;
  return out;
}

/// PKIX for this name.
[[nodiscard]] inline policy::Requirement pkix(
    std::string_view host = "mail.example.org") {
  auto out = dane({}, host);
  out.proof = policy::Proof::pkix;
  return out;
}

/// A trust store of these certificates.
[[nodiscard]] inline verify::Roots roots(const std::vector<base::Bytes>& certificates) {
  verify::Roots out;
  for (const auto& der : certificates) (void)out.add_pem(pem(der)).value();
  return out;
}

/// The verdict at kNow.
[[nodiscard]] inline verify::Verdict judge(const verify::Certificates& chain,
                                           const policy::Requirement& requirement,
                                           const verify::Roots* store = nullptr) {
  return verify::check(chain, requirement, {kNow, store, {}});
}

/// A good chain: leaf for mail.example.org, intermediate, self-signed root.
struct GoodChain {
  base::Bytes root = make(ca("Root"));
  base::Bytes middle = make(ca("Middle", "Root"));
  base::Bytes leaf = make(support::leaf("Middle", {"mail.example.org"}));
  [[nodiscard]] verify::Certificates sent() const { return {leaf, middle, root}; }
};

}  // namespace support
