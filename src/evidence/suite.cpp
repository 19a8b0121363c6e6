#include "src/evidence/suite.h"

#include <algorithm>
#include <array>

namespace evidence {
namespace {

/// DHE_RSA.
constexpr std::array<std::uint16_t, 18> kDhe = {
    0x0016, 0x0033, 0x0039, 0x0045, 0x0067, 0x006b, 0x0088, 0x009e, 0x009f,
    0x00be, 0x00c4, 0xc07c, 0xc07d, 0xc09e, 0xc09f, 0xc0a2, 0xc0a3, 0xccaa};

/// ECDHE_ECDSA and ECDHE_RSA.
constexpr std::array<std::uint16_t, 32> kEcdhe = {
    0xc006, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc010, 0xc011, 0xc012,
    0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028, 0xc02b, 0xc02c,
    0xc02f, 0xc030, 0xc072, 0xc073, 0xc076, 0xc077, 0xc086, 0xc087,
    0xc08a, 0xc08b, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcca8, 0xcca9};

bool is_one_of(std::uint16_t suite, const auto& list) {
  return std::ranges::find(list, suite) != list.end();
}

}  // namespace

Exchange exchange_in(std::uint16_t suite) {
  if (is_one_of(suite, kEcdhe)) return Exchange::ecdhe;
  return is_one_of(suite, kDhe) ? Exchange::dhe : Exchange::not_signed;
}

std::optional<TranscriptHash> hash_in(std::uint16_t suite) {
  switch (suite) {
    case 0x1301:  // TLS_AES_128_GCM_SHA256
    case 0x1303:  // TLS_CHACHA20_POLY1305_SHA256
    case 0x1304:  // TLS_AES_128_CCM_SHA256
    case 0x1305:  // TLS_AES_128_CCM_8_SHA256
      return TranscriptHash::sha256;
    case 0x1302:  // TLS_AES_256_GCM_SHA384
      return TranscriptHash::sha384;
    default:
      return std::nullopt;
  }
}

}  // namespace evidence
