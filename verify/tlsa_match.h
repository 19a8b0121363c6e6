#pragma once

#include <optional>
#include <string>

#include "src/base/tlsa.h"
#include "verify/certificate.h"

namespace verify {

/// The data that a record with this matching type has for `octets`: themselves or their
/// digest (RFC 6698 2.1.3). Nothing for a number that nobody assigned: it is never taken
/// for Full.
[[nodiscard]] std::optional<base::Bytes> association_data(dns::Matching matching,
                                                          base::ByteView octets);

/// Whether a usable record's data are those of `der` by its matching type. Usage and
/// selector are the caller's.
[[nodiscard]] bool matches_data(const dns::Tlsa& record, base::ByteView der);

/// Whether a usable record matches this certificate: the DER as received for selector
/// Cert, the SubjectPublicKeyInfo inside it for SPKI (RFC 6698 2.1.2). Usage is the
/// caller's. Who compares many records with one certificate takes a Print (prints.h).
[[nodiscard]] bool matches(const dns::Tlsa& record, const Certificate& certificate);

/// `the SHA2-256 of nothing: …` if the data are a digest of no octets at all, whatever
/// the numbers say: what a script publishes when the command before the digest failed.
/// Such a record is well-formed and matches nobody.
[[nodiscard]] std::optional<std::string> digest_of_nothing(const dns::Tlsa& record);

/// Whether a usable record matches a raw public key: only DANE-EE with selector SPKI can
/// (RFC 7671 5.1, RFC 7250 3).
[[nodiscard]] bool matches_raw_key(const dns::Tlsa& record, base::ByteView spki);

}  // namespace verify
