#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "src/base/name.h"
#include "src/base/tlsa.h"

namespace publish {

/// What a record is made of: a certificate, or a key alone.
struct Source {
  std::optional<base::Bytes> certificate;  ///< DER
  base::Bytes spki;                        ///< DER of its SubjectPublicKeyInfo
};

/// A source of a certificate (DER, which must be one).
[[nodiscard]] Source source_of(const base::Bytes& certificate);

/// The three numbers of a record (RFC 6698 2.1.1 to 2.1.3); the default is RFC
/// 7672 3.1's.
struct Parameters {
  dns::Usage usage = dns::kDaneEe;
  dns::Selector selector = dns::kSpki;
  dns::Matching matching = dns::kSha256;
};

/// The record with these numbers for the source. Error kind `usage`, code
/// `bad_parameters`: a number that nobody assigned, or selector Cert of a key alone.
[[nodiscard]] base::Result<dns::Tlsa> make_record(const Source& source,
                                                  const Parameters& parameters);

/// How a record is written.
enum class ZoneForm {
  tlsa,     ///< `IN TLSA 3 1 1 8d02…` (RFC 6698 2.2)
  folded,   ///< `tlsa`, in lines that a terminal of 80 columns holds (RFC 1035 5.1)
  generic,  ///< `IN TYPE52 \# 35 030101…` (RFC 3597 5)
};

/// An entry of a zone file, without the end of its line: `_25._tcp.mx.example.org. 3600
/// IN TLSA …`.
[[nodiscard]] std::string zone_line(const dns::Name& owner, const dns::Tlsa& record,
                                    ZoneForm form,
                                    std::optional<std::chrono::seconds> ttl);

}  // namespace publish
