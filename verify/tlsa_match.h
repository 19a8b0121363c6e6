#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "src/base/tlsa.h"
#include "verify/certificate.h"

namespace verify {

/// Whether a usable record's data are those of `der` by its matching type: the octets
/// themselves, their SHA2-256 or their SHA2-512 (RFC 6698 2.1.3). Usage and selector are
/// the caller's.
[[nodiscard]] bool matches_data(const dns::Tlsa& record, base::ByteView der);

/// Whether a usable record matches this certificate: the DER as received for selector
/// Cert, the SubjectPublicKeyInfo inside it for SPKI (RFC 6698 2.1.2). Usage is the
/// caller's.
[[nodiscard]] bool matches(const dns::Tlsa& record, const Certificate& certificate);

/// `the SHA2-256 of nothing: …` if the data are a digest of no octets at all, whatever
/// the numbers say: what a script publishes when the command before the digest failed.
/// Such a record is well-formed and matches nobody.
[[nodiscard]] std::optional<std::string_view> digest_of_nothing(const dns::Tlsa& record);

/// Whether a usable record matches a raw public key: only DANE-EE with selector SPKI can
/// (RFC 7671 5.1, RFC 7250 3).
[[nodiscard]] bool matches_raw_key(const dns::Tlsa& record, base::ByteView spki);

/// Compares many records with the same certificates and hashes each of these once: a
/// thousand records and thirty long certificates would be gigabytes to hash.
class TlsaMatcher {
 public:
  /// What verify::matches says. The certificate's octets must outlive the matcher.
  [[nodiscard]] bool matches(const dns::Tlsa& record, const Certificate& certificate);

 private:
  // By the place of the octets and the matching type.
  std::map<std::pair<const std::byte*, std::uint8_t>, base::Bytes> digests_;
};

}  // namespace verify
