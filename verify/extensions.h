#pragma once

#include <cstdint>
#include <optional>

#include "src/base/bytes.h"
#include "verify/certificate.h"

namespace verify {

/// The BasicConstraints of a certificate (RFC 5280 4.2.1.9).
struct BasicConstraints {
  bool ca = false;
  std::optional<std::uint32_t> path_length;
};

/// What an extended key usage allows (RFC 5280 4.2.1.12), as far as TLS asks.
struct Purposes {
  bool server = false;  ///< id-kp-serverAuth or anyExtendedKeyUsage
  bool client = false;  ///< id-kp-clientAuth or anyExtendedKeyUsage
};

/// What a certificate's extensions say, as far as a path or a name check asks (RFC 5280
/// 4.2.1). Views of the certificate's DER.
struct Extensions {
  bool malformed =
      false;  ///< not DER, one twice, or of no known version: no path uses it
  bool unknown_critical = false;  ///< a critical one that we do not process
  std::optional<BasicConstraints> basic;
  std::optional<unsigned> key_usage;  ///< first octet of the bits: 0x80 digitalSignature
  std::optional<Purposes> purposes;   ///< of the extended key usage; none: all of them
  bool tls_features = false;  ///< what it issues must have certain ones (RFC 7633)
  base::ByteView subject_key_id;
  base::ByteView authority_key_id;
  std::optional<base::ByteView> alternative_names;  ///< DER of the SubjectAltName
  std::optional<base::ByteView> name_constraints;   ///< DER of the NameConstraints
};

inline constexpr unsigned kDigitalSignature = 0x80;  ///< RFC 5280 4.2.1.3, bit 0
inline constexpr unsigned kKeyEncipherment = 0x20;   ///< bit 2
inline constexpr unsigned kKeyAgreement = 0x08;      ///< bit 4
inline constexpr unsigned kKeyCertSign = 0x04;       ///< bit 5

/// The extensions (DER of each) of a certificate but those that say what it may issue:
/// BasicConstraints and NameConstraints. Empty if they cannot be read.
[[nodiscard]] base::Bytes without_constraints(const Certificate& certificate);

/// Reads the extensions once; never fails, but says so in `malformed`.
[[nodiscard]] Extensions read_extensions(const Certificate& certificate);

}  // namespace verify
