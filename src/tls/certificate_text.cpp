#include "src/tls/certificate_text.h"

#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <type_traits>

#include "src/base/pem.h"
#include "verify/certificate.h"

namespace tls {
namespace {

struct CrtFree {
  void operator()(gnutls_x509_crt_t crt) const { gnutls_x509_crt_deinit(crt); }
};
using Crt = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, CrtFree>;

/// Attribute types by their OID: the short name of OpenSSL's one-line form, and that of
/// mod_ssl's variables (empty: none).
struct AttributeName {
  std::string_view oid;
  std::string_view short_name;
  std::string_view variable;
};
constexpr std::array<AttributeName, 14> kAttributes = {{
    {"2.5.4.6", "C", "C"},
    {"2.5.4.8", "ST", "ST"},
    {"2.5.4.7", "L", "L"},
    {"2.5.4.10", "O", "O"},
    {"2.5.4.11", "OU", "OU"},
    {"2.5.4.3", "CN", "CN"},
    {"2.5.4.12", "title", "T"},
    {"2.5.4.43", "initials", "I"},
    {"2.5.4.42", "GN", "G"},
    {"2.5.4.4", "SN", "S"},
    {"2.5.4.13", "description", "D"},
    {"0.9.2342.19200300.100.1.1", "UID", "UID"},
    {"1.2.840.113549.1.9.1", "emailAddress", "Email"},
    {"0.9.2342.19200300.100.1.25", "DC", ""},
}};

struct AlgorithmName {
  std::string_view oid;
  std::string_view name;
};
constexpr std::array<AlgorithmName, 14> kAlgorithms = {{
    {"1.2.840.113549.1.1.1", "rsaEncryption"},
    {"1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
    {"1.2.840.113549.1.1.10", "rsassaPss"},
    {"1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
    {"1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
    {"1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
    {"1.2.840.10040.4.1", "dsaEncryption"},
    {"1.2.840.10045.2.1", "id-ecPublicKey"},
    {"1.2.840.10045.4.1", "ecdsa-with-SHA1"},
    {"1.2.840.10045.4.3.2", "ecdsa-with-SHA256"},
    {"1.2.840.10045.4.3.3", "ecdsa-with-SHA384"},
    {"1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
    {"1.3.101.112", "ED25519"},
    {"1.3.101.113", "ED448"},
}};

std::string algorithm_name(std::string_view oid) {
  for (const auto& [known, name] : kAlgorithms) {
    if (known == oid) return std::string(name);
  }
  return std::string(oid);
}

/// Octets that GnuTLS writes into a buffer of the caller's: asked twice, for its size and
/// for itself.
template <typename Writer>
std::string written_by(Writer writer) {
  std::size_t size = 0;
  writer(nullptr, &size);
  std::string out(size, '\0');
  if (size == 0 || writer(out.data(), &size) < 0) return {};
  out.resize(size);
  return out;
}

/// Printable text of a string that GnuTLS ends with a NUL, which it may or may not
/// count.
template <typename Writer>
std::string text_by(Writer writer) {
  std::string out = written_by(writer);
  while (out.ends_with('\0')) out.pop_back();
  return out;
}

constexpr std::size_t kMostSerialOctets = 20;  // RFC 5280 4.1.2.2
constexpr std::size_t kSerialHexOctets = 24;   // shown of a longer one

/// The number in decimal digits: at most kMostSerialOctets, for the work grows with the
/// square of the length.
std::string decimal(base::ByteView big_endian) {
  std::string digits;  // least significant first
  for (const std::byte octet : big_endian) {
    unsigned carry = std::to_integer<unsigned>(octet);
    for (char& digit : digits) {
      carry += static_cast<unsigned>(digit - '0') * 256;
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
  }
  std::ranges::reverse(digits);
  return digits.empty() ? "0" : digits;
}

/// A serial number as OpenSSL's users read it; of one that is longer than any may be
/// (RFC 5280 4.1.2.2) the beginning in hexadecimal.
std::string serial_text(base::ByteView serial) {
  while (serial.size() > 1 && serial[0] == std::byte{0}) serial = serial.subspan(1);
  if (serial.size() <= kMostSerialOctets) return decimal(serial);
  const bool cut = serial.size() > kSerialHexOctets;
  return "0x" + base::to_hex(cut ? serial.first(kSerialHexOctets) : serial) +
         (cut ? "..." : "");
}

std::string asn1_time(std::time_t time) {
  static constexpr std::array<const char*, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  if (time == static_cast<std::time_t>(-1) || gmtime_r(&time, &utc) == nullptr) return {};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s %2d %02d:%02d:%02d %d GMT",
                kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_mday,
                utc.tm_hour, utc.tm_min, utc.tm_sec, utc.tm_year + 1900);
  return text.data();
}

struct DistinguishedName {
  std::string line;
  std::vector<std::pair<std::string, std::string>> parts;
};

void add_attribute(DistinguishedName& out, const gnutls_x509_ava_st& ava) {
  const std::string_view oid(reinterpret_cast<const char*>(ava.oid.data));
  const std::string value = base::printable(
      {reinterpret_cast<const char*>(ava.value.data), ava.value.size}, 1000);
  for (const AttributeName& known : kAttributes) {
    if (known.oid != oid) continue;
    out.line += "/" + std::string(known.short_name) + "=" + value;
    if (!known.variable.empty()) out.parts.emplace_back(known.variable, value);
    return;
  }
  out.line += "/" + std::string(oid) + "=" + value;
}

DistinguishedName names_of(gnutls_x509_dn_t dn) {
  constexpr int kMostAttributes = 64;
  DistinguishedName out;
  for (int rdn = 0; rdn < kMostAttributes; ++rdn) {
    for (int index = 0; index < kMostAttributes; ++index) {
      gnutls_x509_ava_st ava{};
      if (gnutls_x509_dn_get_rdn_ava(dn, rdn, index, &ava) != 0) {
        if (index == 0) return out;
        break;
      }
      add_attribute(out, ava);
    }
  }
  return out;
}

Crt import(base::ByteView der) {
  gnutls_x509_crt_t raw = nullptr;
  if (gnutls_x509_crt_init(&raw) != 0) return nullptr;
  Crt crt(raw);
  const gnutls_datum_t datum{
      reinterpret_cast<unsigned char*>(const_cast<std::byte*>(der.data())),
      static_cast<unsigned>(der.size())};
  if (gnutls_x509_crt_import(raw, &datum, GNUTLS_X509_FMT_DER) != 0) return nullptr;
  return crt;
}

std::string pem_of(gnutls_x509_crt_t crt) {
  std::string pem = text_by([&](char* buffer, std::size_t* size) {
    return gnutls_x509_crt_export(crt, GNUTLS_X509_FMT_PEM, buffer, size);
  });
  if (!pem.empty() && !pem.ends_with('\n')) pem += '\n';
  return pem;
}

}  // namespace

CertificateText describe_certificate(base::ByteView der) {
  CertificateText out;
  const Crt crt = import(der);
  if (!crt) {
    if (verify::parse_certificate(der)) out.pem = base::to_pem("CERTIFICATE", der);
    return out;
  }
  gnutls_x509_crt_t raw = crt.get();
  const int version = gnutls_x509_crt_get_version(raw);
  if (version > 0) out.version = std::to_string(version);
  const std::string serial = written_by([&](char* buffer, std::size_t* size) {
    return gnutls_x509_crt_get_serial(raw, buffer, size);
  });
  out.serial = serial_text(base::as_bytes(serial));
  gnutls_x509_dn_t dn = nullptr;
  if (gnutls_x509_crt_get_subject(raw, &dn) == 0) {
    auto [line, parts] = names_of(dn);
    out.subject = std::move(line);
    out.subject_parts = std::move(parts);
  }
  if (gnutls_x509_crt_get_issuer(raw, &dn) == 0) {
    auto [line, parts] = names_of(dn);
    out.issuer = std::move(line);
    out.issuer_parts = std::move(parts);
  }
  out.not_before = asn1_time(gnutls_x509_crt_get_activation_time(raw));
  out.not_after = asn1_time(gnutls_x509_crt_get_expiration_time(raw));
  out.signature_algorithm = algorithm_name(text_by([&](char* buffer, std::size_t* size) {
    return gnutls_x509_crt_get_signature_oid(raw, buffer, size);
  }));
  out.key_algorithm = algorithm_name(text_by([&](char* buffer, std::size_t* size) {
    return gnutls_x509_crt_get_pk_oid(raw, buffer, size);
  }));
  out.pem = pem_of(raw);
  return out;
}

}  // namespace tls
