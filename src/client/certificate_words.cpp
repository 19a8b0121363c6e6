#include "src/client/certificate_words.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "src/tls/certificate_text.h"
#include "verify/certificate.h"
#include "verify/der.h"
#include "verify/extensions.h"
#include "verify/key.h"
#include "verify/names.h"
#include "verify/oids.h"

namespace client {
namespace {

namespace der = verify::der;
namespace oid = verify::oid;

constexpr std::size_t kMostRead = 1024;  // names; the rest is counted no further

/// Algorithm and, where there is one, its parameter: contents of the object identifiers.
std::pair<base::ByteView, base::ByteView> algorithm_of(base::ByteView spki) {
  const auto outer = der::only(spki, der::kSequence);
  const auto algorithm = outer ? der::Reader(outer->content).next(der::kSequence)
                               : std::optional<der::Element>();
  if (!algorithm) return {};
  der::Reader reader(algorithm->content);
  const auto identifier = reader.next(der::kOid);
  const auto parameter = reader.next(der::kOid);
  return {identifier ? identifier->content : base::ByteView(),
          parameter ? parameter->content : base::ByteView()};
}

/// A word for an object identifier.
struct Word {
  base::ByteView identifier;
  std::string_view word;
};

template <std::size_t n>
std::string word_of(base::ByteView identifier, const std::array<Word, n>& words) {
  for (const Word& one : words) {
    if (base::equal(one.identifier, identifier)) return std::string(one.word);
  }
  return "";
}

std::string curve_words(base::ByteView curve) {
  constexpr auto kP256 = oid::make(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7);
  constexpr auto kP384 = oid::make(0x2b, 0x81, 4, 0, 34);
  constexpr auto kP521 = oid::make(0x2b, 0x81, 4, 0, 35);
  const std::string name = word_of(
      curve, std::array<Word, 3>{{{kP256, "P-256"}, {kP384, "P-384"}, {kP521, "P-521"}}});
  return name.empty() ? "ECDSA" : "ECDSA " + name;
}

/// The last value of a part of a name.
std::string part(const std::vector<std::pair<std::string, std::string>>& parts,
                 std::string_view wanted) {
  for (auto one = parts.rbegin(); one != parts.rend(); ++one) {
    if (one->first == wanted) return base::printable(one->second, base::kWord);
  }
  return "";
}

std::string issuer_words(const tls::CertificateText& text) {
  if (!text.subject.empty() && text.subject == text.issuer) return "itself";
  const std::string who = part(text.issuer_parts, "O");
  std::string name = part(text.issuer_parts, "CN");
  if (who.empty()) return name;
  // "Let's Encrypt" and "E7" make one name, "Example CA" and "Example CA R3" do not.
  if (name.empty() || name.find(who) != std::string::npos)
    return name.empty() ? who : name;
  return who + " " + name;
}

std::string name_words(const verify::Certificate& certificate,
                       const tls::CertificateText& text, const dns::Name& wanted,
                       std::size_t most) {
  auto names = verify::presented_names(certificate, verify::read_extensions(certificate),
                                       kMostRead)
                   .dns;
  if (names.empty()) return part(text.subject_parts, "CN");
  std::stable_partition(names.begin(), names.end(), [&](base::ByteView name) {
    return verify::match_presented(base::as_text(name), wanted);
  });
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    out += (i == 0 ? "" : ", ") + base::printable(base::as_text(names[i]), base::kWord);
  }
  if (names.size() > most) {
    out += " and " + std::to_string(names.size() - most) + " more";
  }
  return out;
}

}  // namespace

std::string key_words(base::ByteView spki) {
  const auto [algorithm, parameter] = algorithm_of(spki);
  if (algorithm.empty()) return "";
  if (base::equal(algorithm, oid::kEc)) return curve_words(parameter);
  if (const auto rsa = verify::rsa_key(spki)) {
    return "RSA " + std::to_string(rsa->modulus_bits);
  }
  return word_of(algorithm, std::array<Word, 5>{{{oid::kEd25519, "Ed25519"},
                                                 {oid::kEd448, "Ed448"},
                                                 {oid::kMlDsa44, "ML-DSA-44"},
                                                 {oid::kMlDsa65, "ML-DSA-65"},
                                                 {oid::kMlDsa87, "ML-DSA-87"}}});
}

CertificateWords certificate_words(base::ByteView der, const dns::Name& wanted,
                                   std::size_t most_names) {
  const auto parts = verify::parse_certificate(der);
  if (!parts) return {};
  const tls::CertificateText text = tls::describe_certificate(der);
  CertificateWords out;
  out.names = name_words(*parts, text, wanted, most_names);
  out.issuer = issuer_words(text);
  out.key = key_words(parts->spki);
  if (const auto validity = verify::validity_of(*parts)) out.until = validity->not_after;
  return out;
}

}  // namespace client
