#include "src/evidence/zone_key.h"

#include <algorithm>
#include <array>
#include <bit>

#include "src/evidence/crypto.h"
#include "src/evidence/record_reader.h"

namespace evidence {
namespace {

constexpr std::array<std::uint8_t, 7> kAlgorithms = {5, 7, 8, 10, 13, 14, 15};
constexpr std::array<std::uint8_t, 4> kRsa = {5, 7, 8, 10};
constexpr std::array<std::uint8_t, 3> kDigests = {1, 2, 4};
constexpr std::uint16_t kZoneFlag = 0x100;
constexpr std::uint8_t kDnssecProtocol = 3;

std::uint16_t tag_of(base::ByteView rdata) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < rdata.size(); ++i) {
    sum += std::to_integer<std::uint32_t>(rdata[i]) << (i % 2 == 0 ? 8U : 0U);
  }
  return static_cast<std::uint16_t>(sum + (sum >> 16U));
}

base::ByteView without_zeros(base::ByteView number) {
  while (!number.empty() && number.front() == std::byte{0}) number = number.subspan(1);
  return number;
}

}  // namespace

bool is_known_algorithm(std::uint8_t number, Ed448 ed448) {
  if (number == kEd448) return ed448 == Ed448::known;
  return std::ranges::find(kAlgorithms, number) != kAlgorithms.end();
}

bool is_known_digest(std::uint8_t number) {
  return std::ranges::find(kDigests, number) != kDigests.end();
}

bool is_rsa(std::uint8_t algorithm) {
  return std::ranges::find(kRsa, algorithm) != kRsa.end();
}

std::size_t bits_of(base::ByteView number) {
  if (number.empty()) return 0;
  const auto first = std::to_integer<unsigned>(number.front());
  return 8 * (number.size() - 1) + static_cast<std::size_t>(std::bit_width(first));
}

std::optional<RsaParts> rsa_parts(base::ByteView public_key) {
  RecordReader reader(public_key);
  std::size_t size = reader.octet();
  if (size == 0) size = reader.two();
  const base::ByteView exponent = without_zeros(reader.take(size));
  const base::ByteView modulus = without_zeros(reader.rest());
  if (!reader.is_good() || exponent.empty() || modulus.empty()) return std::nullopt;
  return RsaParts{exponent, modulus};
}

std::optional<ZoneKey> read_zone_key(base::ByteView rdata) {
  RecordReader reader(rdata);
  const bool of_zone = (reader.two() & kZoneFlag) != 0;
  const bool protocol = reader.octet() == kDnssecProtocol;
  ZoneKey out;
  out.algorithm = reader.octet();
  out.public_key = reader.rest();
  if (!reader.is_good() || !of_zone || !protocol) return std::nullopt;
  out.rdata = rdata;
  out.tag = tag_of(rdata);
  if (is_rsa(out.algorithm)) {
    const auto parts = rsa_parts(out.public_key);
    out.rsa_bits = parts ? bits_of(parts->modulus) : 0;
  }
  return out;
}

std::optional<DsRecord> read_ds(base::ByteView rdata) {
  RecordReader reader(rdata);
  DsRecord out;
  out.tag = reader.two();
  out.algorithm = reader.octet();
  out.digest_type = reader.octet();
  out.digest = reader.rest();
  if (!reader.is_good() || out.digest.empty()) return std::nullopt;
  return out;
}

bool names_key(const DsRecord& ds, const WireName& zone, const ZoneKey& key) {
  if (ds.tag != key.tag || ds.algorithm != key.algorithm) return false;
  base::Bytes octets(zone.octets().begin(), zone.octets().end());
  octets.insert(octets.end(), key.rdata.begin(), key.rdata.end());
  const auto digest = ds_digest(ds.digest_type, octets);
  return digest && base::equal(*digest, ds.digest);
}

}  // namespace evidence
