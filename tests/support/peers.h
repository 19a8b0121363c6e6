// What verify's tests say again and again: records, chains, requirements.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/names.h"
#include "verify/certificate.h"
#include "verify/check.h"
#include "verify/hash.h"
#include "verify/roots.h"
#include "verify/tlsa_match.h"

namespace support {

/// The assigned numbers, for loops over all of them.
inline constexpr auto kUsages = [] {
  std::array<int, dns::kUsages.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = number(dns::kUsages[i].usage);
  return out;
}();
inline constexpr auto kSelectors = [] {
  std::array<int, dns::kSelectors.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = number(dns::kSelectors[i].selector);
  }
  return out;
}();
inline constexpr auto kMatchings = [] {
  std::array<int, dns::kMatchingTypes.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = number(dns::kMatchingTypes[i].matching);
  }
  return out;
}();

/// The record with these numbers that matches a certificate.
[[nodiscard]] inline dns::Tlsa record(int usage, int selector, int matching,
                                      const base::Bytes& der) {
  const auto certificate = verify::parse_certificate(der);
  const base::ByteView chosen = selector == 0 ? base::ByteView(der) : certificate->spki;
  const auto type = dns::Matching{static_cast<std::uint8_t>(matching)};
  return {static_cast<std::uint8_t>(usage), static_cast<std::uint8_t>(selector),
          static_cast<std::uint8_t>(matching),
          verify::association_data(type, chosen).value()};
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

/// DANE for these records and this name, as mail between servers has it.
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
