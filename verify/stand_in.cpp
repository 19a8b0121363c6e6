#include "verify/stand_in.h"

#include <gnutls/abstract.h>

#include <algorithm>

#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

constexpr std::size_t kMostSlack = 8;

/// A v1 certificate with a serial number and a signature so many octets long. It has no
/// names, and no extension that could forbid its key anything.
base::Bytes certificate(base::ByteView spki, std::size_t serial, std::size_t signature) {
  using der::encode;
  const base::Bytes number(serial, std::byte{1});
  base::Bytes bits(1 + signature);  // the first octet counts unused bits
  const auto algorithm = encode(der::kSequence, {encode(der::kOid, {oid::kSha256Ecdsa})});
  const auto nobody = encode(der::kSequence, {});
  const auto begin = encode(der::kUtcTime, {base::as_bytes("500101000000Z")});
  const auto end = encode(der::kUtcTime, {base::as_bytes("491231235959Z")});
  const auto tbs =
      encode(der::kSequence, {encode(der::kInteger, {number}), algorithm, nobody,
                              encode(der::kSequence, {begin, end}), nobody, spki});
  return encode(der::kSequence, {tbs, algorithm, encode(der::kBitString, {bits})});
}

}  // namespace

bool is_readable(base::ByteView certificate) {
  // GnuTLS only reads from it, but its type has no const.
  auto* data = const_cast<std::byte*>(certificate.data());
  const gnutls_datum_t input{reinterpret_cast<unsigned char*>(data),
                             static_cast<unsigned>(certificate.size())};
  gnutls_pcert_st read{};
  if (gnutls_pcert_import_x509_raw(&read, &input, GNUTLS_X509_FMT_DER, 0) != 0) {
    return false;
  }
  gnutls_pcert_deinit(&read);
  return true;
}

base::Bytes stand_in(base::ByteView spki, std::size_t size) {
  // The octets that a length takes grow with it, so that one part alone cannot be made to
  // fit each size: the signature is filled up, the serial number steps over the gaps.
  for (std::size_t serial = 1; serial <= kMostSlack; ++serial) {
    const std::size_t least = certificate(spki, serial, 0).size();
    if (least > size) return {};
    const std::size_t room = size - least;
    for (std::size_t slack = 0; slack <= std::min(kMostSlack, room); ++slack) {
      auto out = certificate(spki, serial, room - slack);
      if (out.size() == size) return out;
    }
  }
  return {};
}

}  // namespace verify
