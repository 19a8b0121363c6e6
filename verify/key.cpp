// Which keys are computed with.
//
// The question is put to the algorithm's object identifier, and the lists name what is
// cheap, not what is slow: GnuTLS takes six identifiers for RSA, among them those of
// signatures, and a list of slow ones that lacks one is no bound at all. Keys on curves
// have a size that the curve fixes. All the rest must read as an RSA key, strictly, for a
// library that is laxer about DER than we are would find the large number that we did
// not.
#include "verify/key.h"

#include <algorithm>
#include <array>

#include "verify/der.h"
#include "verify/oids.h"

namespace verify {
namespace {

constexpr std::size_t kMostKeyOctets = 4096;  // of any SubjectPublicKeyInfo
constexpr std::size_t kMostModulusBits = 16384;
constexpr std::size_t kLongModulusBits = 3072;  // beyond it exponents must be short
constexpr std::size_t kMostExponentBits = 64;

struct Key {
  base::ByteView algorithm;  ///< contents of the object identifier
  base::ByteView bits;       ///< the bit string, without its count of unused bits
};

std::optional<Key> read_key(base::ByteView spki) {
  const auto outer = der::only(spki, der::kSequence);
  der::Reader reader(outer ? outer->content : base::ByteView());
  const auto algorithm = reader.next(der::kSequence);
  const auto bits = reader.next(der::kBitString);
  if (!algorithm || !bits || bits->content.empty()) return std::nullopt;
  const auto oid = der::Reader(algorithm->content).next(der::kOid);
  if (!oid) return std::nullopt;
  return Key{oid->content, bits->content.subspan(1)};
}

bool is_one_of(base::ByteView oid, std::span<const base::ByteView> known) {
  return std::ranges::any_of(known,
                             [&](base::ByteView one) { return base::equal(oid, one); });
}

bool is_rsa(base::ByteView oid) {
  const std::array<base::ByteView, 6> known = {oid::kRsa,     oid::kRsaPss,
                                               oid::kX500Rsa, oid::kMd5Rsa,
                                               oid::kSha1Rsa, oid::kIsoSha1Rsa};
  return is_one_of(oid, known);
}

bool has_fixed_size(base::ByteView oid) {
  const std::array<base::ByteView, 11> known = {
      oid::kEc,      oid::kX25519,   oid::kX448,          oid::kEd25519,
      oid::kEd448,   oid::kGost2001, oid::kGost2012Of256, oid::kGost2012Of512,
      oid::kMlDsa44, oid::kMlDsa65,  oid::kMlDsa87};
  return is_one_of(oid, known);
}

std::size_t octets_of(base::ByteView integer) {
  while (!integer.empty() && integer[0] == std::byte{0}) integer = integer.subspan(1);
  return integer.size();
}

std::optional<RsaKey> read_rsa(const Key& key) {
  const auto numbers = der::only(key.bits, der::kSequence);
  der::Reader reader(numbers ? numbers->content : base::ByteView());
  const auto modulus = reader.next(der::kInteger);
  const auto exponent = reader.next(der::kInteger);
  if (!modulus || !exponent) return std::nullopt;
  return RsaKey{octets_of(modulus->content) * 8, octets_of(exponent->content) * 8};
}

bool is_slow(const RsaKey& key) {
  return key.modulus_bits > kMostModulusBits ||
         (key.modulus_bits > kLongModulusBits && key.exponent_bits > kMostExponentBits);
}

}  // namespace

std::optional<RsaKey> rsa_key(base::ByteView spki) {
  const auto key = read_key(spki);
  return key && is_rsa(key->algorithm) ? read_rsa(*key) : std::nullopt;
}

std::optional<std::string> costly_key(base::ByteView spki) {
  if (spki.size() > kMostKeyOctets) {
    return "a key of " + std::to_string(spki.size()) + " octets is not used";
  }
  const auto key = read_key(spki);
  if (!key) return "a key that cannot be read is not used";
  if (has_fixed_size(key->algorithm)) return std::nullopt;
  if (base::equal(key->algorithm, oid::kDsa)) return "a DSA key is not used";
  const auto rsa = read_rsa(*key);
  if (!rsa) return "a key of an algorithm that is not known is not used";
  if (!is_slow(*rsa)) return std::nullopt;
  return "an RSA key of " + std::to_string(rsa->modulus_bits) +
         " bits and an exponent of " + std::to_string(rsa->exponent_bits) +
         " is not used";
}

}  // namespace verify
