#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "src/base/bytes.h"
#include "src/base/name.h"

namespace client {

/// A certificate as people speak of one. Nothing is decided from these; all of it is safe
/// to print, and what cannot be read is empty.
struct CertificateWords {
  std::string names;   ///< `mail.example.org, mx1.example.org and 3 more`
  std::string issuer;  ///< `Let's Encrypt E7`; `itself` for a self-issued one
  std::string key;     ///< `ECDSA P-256`, `RSA 2048`
  std::optional<std::chrono::sys_seconds> until;  ///< its last second
};

/// So many names tell most readers whose a certificate is.
inline constexpr std::size_t kFewNames = 2;

/// The words for a certificate (DER); of its names first the one that stands for
/// `wanted`, if there is one, and no more than `most_names`: the others are counted.
[[nodiscard]] CertificateWords certificate_words(base::ByteView der,
                                                 const dns::Name& wanted,
                                                 std::size_t most_names = kFewNames);

/// The kind of a public key (SubjectPublicKeyInfo) in words: `ECDSA P-256`, `RSA 2048`,
/// `Ed25519`, `ML-DSA-65`; empty for one that is not known.
[[nodiscard]] std::string key_words(base::ByteView spki);

}  // namespace client
