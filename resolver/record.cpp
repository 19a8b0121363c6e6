#include "resolver/record.h"

#include <algorithm>
#include <array>

namespace resolver::record {
namespace {

base::Result<net::Address> address(base::ByteView rdata, std::size_t octets) {
  const auto out = net::address_from_bytes(rdata);
  if (!out || rdata.size() != octets) return malformed("an address of the wrong length");
  return *out;
}

/// RFC 3110 2: the length of the exponent in one octet, or in two behind a zero. Other
/// algorithms of the DNS have nothing but their key.
std::size_t key_bits(std::uint8_t algorithm, base::ByteView key) {
  constexpr std::array<int, 4> kRsa = {5, 7, 8, 10};
  constexpr std::size_t kOctet = 8;
  if (std::ranges::find(kRsa, algorithm) == kRsa.end()) return key.size() * kOctet;
  if (key.empty()) return 0;
  std::size_t header = 1;
  std::size_t exponent = std::to_integer<std::size_t>(key[0]);
  if (exponent == 0 && key.size() > 2) {
    header = 3;
    exponent = number_at(key, 1);
  }
  if (key.size() <= header + exponent) return 0;
  base::ByteView modulus = key.subspan(header + exponent);
  while (!modulus.empty() && modulus[0] == std::byte{0}) modulus = modulus.subspan(1);
  return modulus.size() * kOctet;
}

}  // namespace

base::Result<net::Address> A::read(const AnswerSection& /*message*/, Rdata rdata) {
  return address(rdata, 4);
}

base::Result<net::Address> Aaaa::read(const AnswerSection& /*message*/, Rdata rdata) {
  return address(rdata, 16);
}

base::Result<dns::Tlsa> Tlsa::read(const AnswerSection& /*message*/, Rdata rdata) {
  return dns::tlsa_from_wire(rdata);
}

base::Result<dns::Mx> Mx::read(const AnswerSection& message, Rdata rdata) {
  auto host = message.name_in(rdata, 2);
  if (!host) return tl::unexpected(host.error());
  return dns::Mx{number_at(rdata, 0), std::move(*host)};
}

base::Result<dns::Srv> Srv::read(const AnswerSection& message, Rdata rdata) {
  auto target = message.name_in(rdata, 6);
  if (!target) return tl::unexpected(target.error());
  return dns::Srv{number_at(rdata, 0), number_at(rdata, 2), number_at(rdata, 4),
                  std::move(*target)};
}

base::Result<std::string> Txt::read(const AnswerSection& /*message*/, Rdata rdata) {
  std::string out;
  while (!rdata.empty()) {
    const auto length = std::to_integer<std::size_t>(rdata[0]);
    if (length >= rdata.size()) return malformed("a string that is cut off");
    out += base::as_text(rdata.subspan(1, length));
    rdata = rdata.subspan(1 + length);
  }
  return out;
}

base::Result<dns::Dnskey> Dnskey::read(const AnswerSection& /*message*/, Rdata rdata) {
  if (rdata.size() < 4) return malformed("a short key");
  const auto algorithm = std::to_integer<std::uint8_t>(rdata[3]);
  return dns::Dnskey{number_at(rdata, 0), algorithm,
                     key_bits(algorithm, rdata.subspan(4))};
}

base::Result<dns::Ds> Ds::read(const AnswerSection& /*message*/, Rdata rdata) {
  if (rdata.size() < 4) return malformed("a short DS");
  return dns::Ds{number_at(rdata, 0), std::to_integer<std::uint8_t>(rdata[2]),
                 std::to_integer<std::uint8_t>(rdata[3])};
}

base::Result<dns::Nsec3Param> Nsec3Param::read(const AnswerSection& /*message*/,
                                               Rdata rdata) {
  if (rdata.size() < 5) return malformed("a short NSEC3PARAM");
  return dns::Nsec3Param{number_at(rdata, 2), std::to_integer<std::size_t>(rdata[4])};
}

}  // namespace resolver::record
