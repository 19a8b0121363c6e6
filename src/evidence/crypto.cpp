// This file and presentation.cpp are the only ones that know ldns. What ldns could do
// beside this (reading messages, putting records in order, walking up to a trust anchor)
// is done in this room: it must not read the network or a clock, and must count what it
// costs. Debian's ldns has no Ed448 (ed448.h).
#include "src/evidence/crypto.h"

#include <algorithm>
#include <memory>

#include "src/base/remembered.h"
#include "src/evidence/ed448.h"
#include "src/evidence/ldns.h"
#include "verify/hash.h"

namespace evidence {
namespace {

constexpr std::uint8_t kEd25519 = 15;
constexpr std::size_t kMostRemembered = 4096;
constexpr std::size_t kMostModulusBits = 16'384;
constexpr std::size_t kMostExponentBits = 64;

struct FreeBuffer {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};
using Buffer = std::unique_ptr<ldns_buffer, FreeBuffer>;
struct FreeField {
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
};
using Field = std::unique_ptr<ldns_rdf, FreeField>;

Buffer buffer_of(base::ByteView octets) {
  Buffer out(ldns_buffer_new(octets.size()));
  if (out) ldns_buffer_write(out.get(), octets.data(), octets.size());
  return out;
}

const unsigned char* data_of(base::ByteView octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

/// A signature of RSA as long as the modulus, as RFC 8017 8.2.2 has it: nettle takes the
/// number, whatever zeros a signer left out or put before it. Nothing if it is longer, or
/// no such key is checked.
std::optional<base::Bytes> rsa_signature(const ZoneKey& key, base::ByteView signature) {
  const auto parts = rsa_parts(key.public_key);
  if (!parts || bits_of(parts->modulus) > kMostModulusBits ||
      bits_of(parts->exponent) > kMostExponentBits) {
    return std::nullopt;
  }
  while (!signature.empty() && signature.front() == std::byte{0}) {
    signature = signature.subspan(1);
  }
  if (signature.size() > parts->modulus.size()) return std::nullopt;
  base::Bytes out(parts->modulus.size() - signature.size(), std::byte{0});
  out.insert(out.end(), signature.begin(), signature.end());
  return out;
}

/// The two numbers of an ECDSA signature in the form that OpenSSL reads.
std::optional<base::Bytes> ecdsa_in_der(base::ByteView signature) {
  const Field field(
      ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, signature.size(), data_of(signature)));
  const Buffer buffer(ldns_buffer_new(2 * signature.size()));
  if (!field || !buffer ||
      ldns_convert_ecdsa_rrsig_rdf2asn1(buffer.get(), field.get()) != LDNS_STATUS_OK) {
    return std::nullopt;
  }
  const auto* begin = reinterpret_cast<const std::byte*>(ldns_buffer_begin(buffer.get()));
  return base::Bytes(begin, begin + ldns_buffer_position(buffer.get()));
}

/// Key and signature of an algorithm on a curve have one length each (RFC 6605 4, RFC
/// 8080 3, 4).
std::optional<base::Bytes> curve_signature(const ZoneKey& key, base::ByteView signature) {
  struct Lengths {
    std::uint8_t algorithm;
    std::size_t key, signature;
  };
  constexpr std::array<Lengths, 4> kLengths = {
      {{13, 64, 64}, {14, 96, 96}, {15, 32, 64}, {kEd448, 57, 114}}};
  const auto* found = std::ranges::find(kLengths, key.algorithm, &Lengths::algorithm);
  if (found == kLengths.end() || key.public_key.size() != found->key ||
      signature.size() != found->signature) {
    return std::nullopt;
  }
  if (key.algorithm < kEd25519) return ecdsa_in_der(signature);
  return base::Bytes(signature.begin(), signature.end());
}

/// Not of Ed448.
bool is_signature_by_ldns(const ZoneKey& key, base::ByteView signed_octets,
                          base::ByteView signature) {
  const Buffer buffer = buffer_of(signed_octets);
  base::Bytes value(signature.begin(), signature.end());
  base::Bytes copy(key.public_key.begin(), key.public_key.end());
  return buffer && ldns_verify_rrsig_buffers_raw(
                       reinterpret_cast<unsigned char*>(value.data()), value.size(),
                       buffer.get(), reinterpret_cast<unsigned char*>(copy.data()),
                       copy.size(), key.algorithm) == LDNS_STATUS_OK;
}

/// The hash of all that a check of a signature stands on.
base::Remembered::Hash hash_of(const ZoneKey& key, base::ByteView signed_octets,
                               base::ByteView signature) {
  base::Bytes all = {std::byte{key.algorithm}};
  for (const base::ByteView part : {base::ByteView(key.public_key), signature}) {
    for (std::size_t rest = part.size(), i = 0; i < 4; ++i, rest >>= 8U) {
      all.push_back(static_cast<std::byte>(rest & 0xff));
    }
    all.insert(all.end(), part.begin(), part.end());
  }
  all.insert(all.end(), signed_octets.begin(), signed_octets.end());
  return verify::sha256(all);
}

}  // namespace

bool is_signature_of(const ZoneKey& key, base::ByteView signed_octets,
                     base::ByteView signature) {
  auto value = is_rsa(key.algorithm) ? rsa_signature(key, signature)
                                     : curve_signature(key, signature);
  if (!value) return false;
  // Keys of the root and of TLDs are below every bundle. Whether a signature is right
  // follows from these octets alone, so that what one bundle had checked changes nothing
  // in another.
  thread_local base::Remembered remembered(kMostRemembered);
  const auto hash = hash_of(key, signed_octets, *value);
  if (remembered.has(hash)) return true;
  const bool good = key.algorithm == kEd448
                        ? is_ed448_signature(key.public_key, signed_octets, *value)
                        : is_signature_by_ldns(key, signed_octets, *value);
  if (good) remembered.add(hash);
  return good;
}

std::optional<base::Bytes> ds_digest(std::uint8_t type, base::ByteView octets) {
  const auto size = static_cast<unsigned>(octets.size());
  const auto digest = [&](auto function, std::size_t length) {
    base::Bytes out(length);
    function(data_of(octets), size, reinterpret_cast<unsigned char*>(out.data()));
    return out;
  };
  switch (type) {
    case 1:
      return digest(ldns_sha1, LDNS_SHA1_DIGEST_LENGTH);
    case 2:
      return digest(ldns_sha256, LDNS_SHA256_DIGEST_LENGTH);
    case 4:
      return digest(ldns_sha384, LDNS_SHA384_DIGEST_LENGTH);
    default:
      return std::nullopt;
  }
}

Sha1 sha1(base::ByteView octets) {
  Sha1 out{};
  ldns_sha1(data_of(octets), static_cast<unsigned>(octets.size()),
            reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

}  // namespace evidence
