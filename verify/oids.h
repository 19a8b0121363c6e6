#pragma once

#include <array>

#include "src/base/bytes.h"

/// Contents octets of the object identifiers that verify has to recognise.
namespace verify::oid {

/// An OID's contents from octet values.
template <typename... Octets>
[[nodiscard]] constexpr auto make(Octets... octets) {
  return std::array<std::byte, sizeof...(octets)>{static_cast<std::byte>(octets)...};
}

inline constexpr auto kCommonName = make(0x55, 0x04, 0x03);           // 2.5.4.3
inline constexpr auto kSubjectKeyId = make(0x55, 0x1d, 0x0e);         // 2.5.29.14
inline constexpr auto kKeyUsage = make(0x55, 0x1d, 0x0f);             // 2.5.29.15
inline constexpr auto kSubjectAltName = make(0x55, 0x1d, 0x11);       // 2.5.29.17
inline constexpr auto kIssuerAltName = make(0x55, 0x1d, 0x12);        // 2.5.29.18
inline constexpr auto kBasicConstraints = make(0x55, 0x1d, 0x13);     // 2.5.29.19
inline constexpr auto kNameConstraints = make(0x55, 0x1d, 0x1e);      // 2.5.29.30
inline constexpr auto kCertificatePolicies = make(0x55, 0x1d, 0x20);  // 2.5.29.32
inline constexpr auto kAuthorityKeyId = make(0x55, 0x1d, 0x23);       // 2.5.29.35
inline constexpr auto kExtendedKeyUsage = make(0x55, 0x1d, 0x25);     // 2.5.29.37
inline constexpr auto kAnyPurpose = make(0x55, 0x1d, 0x25, 0x00);     // 2.5.29.37.0
/// 1.3.6.1.5.5.7.3.1, id-kp-serverAuth.
inline constexpr auto kServerAuth = make(0x2b, 6, 1, 5, 5, 7, 3, 1);
/// 1.3.6.1.5.5.7.3.2, id-kp-clientAuth.
inline constexpr auto kClientAuth = make(0x2b, 6, 1, 5, 5, 7, 3, 2);
/// 1.3.6.1.5.5.7.8.7, id-on-dnsSRV (RFC 4985 2).
inline constexpr auto kSrvName = make(0x2b, 6, 1, 5, 5, 7, 8, 7);
/// 1.3.6.1.5.5.7.8.9, id-on-SmtpUTF8Mailbox (RFC 9598 3).
inline constexpr auto kSmtpUtf8Mailbox = make(0x2b, 6, 1, 5, 5, 7, 8, 9);
/// 1.2.840.113549.1.9.1, emailAddress (RFC 5280 4.1.2.6).
inline constexpr auto kEmailAddress = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1);
/// 1.3.6.1.5.5.7.1.24, the TLS feature extension (RFC 7633).
inline constexpr auto kTlsFeature = make(0x2b, 6, 1, 5, 5, 7, 1, 24);
/// 1.2.840.113549.1.1.1, .10, .4 and .5: RSA keys, RSASSA-PSS, MD5 and SHA-1 with RSA.
inline constexpr auto kRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1);
inline constexpr auto kRsaPss = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10);
inline constexpr auto kMd5Rsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4);
inline constexpr auto kSha1Rsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5);
/// 2.5.8.1.1 and 1.3.14.3.2.29: older names of RSA keys and of SHA-1 with RSA.
inline constexpr auto kX500Rsa = make(0x55, 8, 1, 1);
inline constexpr auto kIsoSha1Rsa = make(0x2b, 14, 3, 2, 29);
/// 1.2.840.10040.4.1: DSA keys (RFC 3279 2.3.2).
inline constexpr auto kDsa = make(0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1);
/// 1.2.840.10045.2.1: keys on elliptic curves (RFC 5480 2.1.1).
inline constexpr auto kEc = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1);
/// 1.3.101.110 to .113 (RFC 8410 3).
inline constexpr auto kX25519 = make(0x2b, 101, 110);
inline constexpr auto kX448 = make(0x2b, 101, 111);
inline constexpr auto kEd25519 = make(0x2b, 101, 112);
inline constexpr auto kEd448 = make(0x2b, 101, 113);
/// 1.2.643.2.2.19 (RFC 4491 2.3.2), 1.2.643.7.1.1.1.1 and .2 (RFC 9215 3).
inline constexpr auto kGost2001 = make(0x2a, 0x85, 0x03, 2, 2, 19);
inline constexpr auto kGost2012Of256 = make(0x2a, 0x85, 0x03, 7, 1, 1, 1, 1);
inline constexpr auto kGost2012Of512 = make(0x2a, 0x85, 0x03, 7, 1, 1, 1, 2);
/// 2.16.840.1.101.3.4.3.17 to .19 (RFC 9881 2).
inline constexpr auto kMlDsa44 = make(0x60, 0x86, 0x48, 1, 101, 3, 4, 3, 17);
inline constexpr auto kMlDsa65 = make(0x60, 0x86, 0x48, 1, 101, 3, 4, 3, 18);
inline constexpr auto kMlDsa87 = make(0x60, 0x86, 0x48, 1, 101, 3, 4, 3, 19);
/// 1.2.840.10045.4.1 and .4.3.2: ECDSA with SHA-1 and with SHA-256.
inline constexpr auto kSha1Ecdsa = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1);
inline constexpr auto kSha256Ecdsa = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2);

}  // namespace verify::oid
