#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/base/bytes.h"

namespace verify {

/// The parts of a certificate (RFC 5280 4.1) as slices of its DER, as the peer sent them:
/// a view, so the DER must outlive it. Nothing in it has been verified, and neither keys
/// nor extensions have been looked into, so that a certificate with a key or an extension
/// that no library knows is still one that a TLSA record can match.
struct Certificate {
  base::ByteView whole;
  base::ByteView signature_algorithm;  ///< contents of the AlgorithmIdentifier
  base::ByteView issuer;               ///< DER of the Name
  base::ByteView validity;             ///< contents of the Validity
  base::ByteView subject;              ///< DER of the Name
  base::ByteView spki;                 ///< DER of the SubjectPublicKeyInfo
  base::ByteView extensions;           ///< contents of the Extensions, empty if none
  unsigned version = 1;                ///< 1, 2, 3 or `kUnknownVersion`
};

/// Stands for every version that RFC 5280 4.1.2.1 does not have.
inline constexpr unsigned kUnknownVersion = 4;

/// The certificate that fills `der` to its last octet; nothing for anything else.
[[nodiscard]] std::optional<Certificate> parse_certificate(base::ByteView der);

/// Whether `der` is exactly one SubjectPublicKeyInfo (RFC 5280 4.1.2.7): an algorithm
/// and a bit string, of whatever algorithm.
[[nodiscard]] bool is_spki(base::ByteView der);

/// Whether subject and issuer are the same name (RFC 5280 3.2).
[[nodiscard]] bool self_issued(const Certificate& certificate);

/// From when until when a certificate is valid, both ends included (RFC 5280 4.1.2.5).
struct Validity {
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
};

/// The validity period; nothing if it is not in the forms of RFC 5280 4.1.2.5.
[[nodiscard]] std::optional<Validity> validity_of(const Certificate& certificate);

/// `2026-01-02T03:04:05Z`.
[[nodiscard]] std::string to_text(std::chrono::sys_seconds time);

/// What is too weak in this certificate by itself, in words (`RSA key of 1024 bits`,
/// `signed with SHA-1`): for warnings where nothing of it is relied on.
[[nodiscard]] std::optional<std::string> weakness_of(const Certificate& certificate);

/// The one common name of the subject; nothing if there is none, or more than one, or it
/// is not UTF8String, PrintableString or IA5String.
[[nodiscard]] std::optional<base::ByteView> common_name(const Certificate& certificate);

}  // namespace verify
