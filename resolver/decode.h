#pragma once

#include <string>

#include "src/base/address.h"
#include "src/base/bytes.h"
#include "src/base/error.h"
#include "src/base/records.h"
#include "src/base/tlsa.h"

namespace resolver {

/// Response codes (RFC 1035 4.1.1).
inline constexpr int kNoError = 0;
inline constexpr int kFormerr = 1;
inline constexpr int kServfail = 2;
inline constexpr int kNxdomain = 3;
inline constexpr int kNotimp = 4;
inline constexpr int kRefused = 5;

/// What libunbound hands over for one question.
struct RawAnswer {
  int rcode = kServfail;  ///< until told otherwise
  dns::Security security = dns::Security::bogus;
  std::string why_bogus;
  base::Bytes packet;  ///< the whole answer in wire form
};

/// The types of record that this project asks for, by their numbers (IANA).
enum class Type : int {
  a = 1,
  ns = 2,
  cname = 5,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  ds = 43,
  dnskey = 48,
  nsec3param = 51,
  tlsa = 52
};

/// The name as it stands in a query, its escapes resolved (RFC 1035 3.1, 5.1); nothing if
/// a label would have no octet or over 63.
[[nodiscard]] std::optional<base::Bytes> wire_form(const dns::Name& name);

/// `A`, `AAAA`, `TLSA`, …
[[nodiscard]] std::string_view to_text(Type type);

/// Follows the aliases of a validated answer from the question to the records and decodes
/// these; records that are not of the wanted shape make the answer an error. The only
/// place that reads DNS messages. Error kind `temporary`, codes `malformed`,
/// `alias_loop`.
[[nodiscard]] base::Result<dns::Answer<net::Address>> decode_addresses(
    const dns::Name& question, Type type, const RawAnswer& raw);
[[nodiscard]] base::Result<dns::Answer<dns::Tlsa>> decode_tlsa(const dns::Name& question,
                                                               const RawAnswer& raw);
[[nodiscard]] base::Result<dns::Answer<dns::Mx>> decode_mx(const dns::Name& question,
                                                           const RawAnswer& raw);
[[nodiscard]] base::Result<dns::Answer<dns::Srv>> decode_srv(const dns::Name& question,
                                                             const RawAnswer& raw);
/// TXT records, the strings of each joined (RFC 1035 3.3.14).
[[nodiscard]] base::Result<dns::Answer<std::string>> decode_texts(
    const dns::Name& question, const RawAnswer& raw);
[[nodiscard]] base::Result<dns::Answer<dns::Dnskey>> decode_dnskey(
    const dns::Name& question, const RawAnswer& raw);
[[nodiscard]] base::Result<dns::Answer<dns::Ds>> decode_ds(const dns::Name& question,
                                                           const RawAnswer& raw);
[[nodiscard]] base::Result<dns::Answer<dns::Nsec3Param>> decode_nsec3param(
    const dns::Name& question, const RawAnswer& raw);
/// The targets of PTR or NS records, or of the CNAME record at the question itself.
[[nodiscard]] base::Result<dns::Answer<dns::Name>> decode_names(const dns::Name& question,
                                                                Type type,
                                                                const RawAnswer& raw);

}  // namespace resolver
