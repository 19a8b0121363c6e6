// GeneralNames and NameConstraints as DER (RFC 5280 4.2.1.6, 4.2.1.10), also odd ones
// that no library makes.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/certificates.h"
#include "verify/der.h"
#include "verify/oids.h"

namespace support {

/// A GeneralName that is a string: 1 rfc822Name, 2 dNSName, 6 URI, 7 iPAddress.
[[nodiscard]] inline base::Bytes general(unsigned number, std::string_view text) {
  return verify::der::encode(verify::der::context(number), {base::as_bytes(text)});
}

/// An otherName with this OID (contents) and value (DER).
[[nodiscard]] inline base::Bytes other(base::ByteView oid, base::ByteView value) {
  namespace der = verify::der;
  return der::encode(der::constructed(0), {der::encode(der::kOid, {oid}),
                                           der::encode(der::constructed(0), {value})});
}

/// An SRVName (RFC 4985).
[[nodiscard]] inline base::Bytes service(std::string_view text) {
  namespace der = verify::der;
  return other(verify::oid::kSrvName,
               der::encode(der::kIa5String, {base::as_bytes(text)}));
}

/// A Name with one relative name for each of these attributes: OID (contents) and value,
/// whose string type is `tag`.
[[nodiscard]] inline base::Bytes distinguished(
    const std::vector<std::pair<base::ByteView, std::string_view>>& attributes,
    std::uint8_t tag = verify::der::kUtf8String) {
  namespace der = verify::der;
  base::Bytes parts;
  for (const auto& [type, value] : attributes) {
    const auto attribute = der::encode(
        der::kSequence,
        {der::encode(der::kOid, {type}), der::encode(tag, {base::as_bytes(value)})});
    const auto set = der::encode(der::kSet, {attribute});
    parts.insert(parts.end(), set.begin(), set.end());
  }
  return der::encode(der::kSequence, {parts});
}

/// A directoryName.
[[nodiscard]] inline base::Bytes directory(base::ByteView name) {
  return verify::der::encode(verify::der::constructed(4), {name});
}

/// Values one after another.
[[nodiscard]] inline base::Bytes joined(const std::vector<base::Bytes>& parts) {
  base::Bytes out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

/// A GeneralSubtree; `limits` is DER behind the base.
[[nodiscard]] inline base::Bytes subtree(base::ByteView base_name,
                                         base::ByteView limits = {}) {
  return verify::der::encode(verify::der::kSequence, {base_name, limits});
}

/// Which of the two lists of NameConstraints.
enum class Subtrees { permitted, excluded };

/// The extension with these subtrees (DER, one after another).
[[nodiscard]] inline RawExtension constraints(Subtrees list, base::ByteView subtrees,
                                              bool critical = true) {
  namespace der = verify::der;
  const unsigned number = list == Subtrees::permitted ? 0 : 1;
  return {
      "2.5.29.30",
      der::encode(der::kSequence, {der::encode(der::constructed(number), {subtrees})}),
      critical};
}

/// The subject alternative names.
[[nodiscard]] inline RawExtension alternative_names(
    const std::vector<base::Bytes>& names) {
  return {"2.5.29.17", verify::der::encode(verify::der::kSequence, {joined(names)}),
          false};
}

}  // namespace support
